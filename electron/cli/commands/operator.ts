import { StationError } from "#shared/domain/errors.ts";
import { type ApprovalSubject, approvalSubjects, type Role, roles } from "#shared/domain/operator.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import type { Account } from "../../engine/authority/operators/accounts.ts";
import type { Operators } from "../../engine/authority/operators/operators.ts";
import { badgeHash } from "../../engine/authority/operators/proof.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, secretFrom, withStation } from "../open-station.ts";
import { badgeAndPin, signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  "new-badge": { type: "string" },
  "new-pin-file": { type: "string" },
  name: { type: "string" },
  role: { type: "string" },
  active: { type: "string" },
  of: { type: "string" },
  approvals: { type: "string" },
  "lock-after": { type: "string" },
  "need-allotment": { type: "string" },
} as const;

/** `station operator add | list | change | set-pin | policy | sign-in-check`: the station's accounts. */
export async function operatorCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 1 });
  const action = actions.get(args.positionals[0] ?? "");
  if (action === undefined) {
    throw usage("The operator command knows add, list, change, set-pin, policy and sign-in-check.");
  }
  return withStation<ExitCode>(args, io, async ({ operators, readOnly }) => {
    // Accounts are what the ledger says; of a broken one nothing is believed.
    if (readOnly !== null) throw new StationError(readOnly.code, readOnly.message);
    await action(operators, args, io);
    return 0;
  });
}

type Action = (operators: Operators, args: Args, io: Io) => Promise<void>;

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["add", add],
  ["list", list],
  ["change", change],
  ["set-pin", setPin],
  ["policy", policy],
  ["sign-in-check", check],
]);

async function add(operators: Operators, args: Args, io: Io): Promise<void> {
  const badge = args.need("new-badge");
  const name = args.need("name");
  const role = roleOf(args.text("role") ?? "operator");
  const pin = newPin(args, io);
  await signIn(operators, args, io, "operators.add");
  const account = await operators.add({ badge, name, role, pin });
  tell(args, io, accountJson(operators, account), `${account.name} is ${account.role} now (${account.id}).`);
}

async function list(operators: Operators, args: Args, io: Io): Promise<void> {
  await signIn(operators, args, io, "operators.list");
  const accounts = operators.list();
  if (args.flag("json")) io.stdout(JSON.stringify(accounts.map((one) => accountJson(operators, one))));
  else for (const one of accounts) io.stdout(lineOf(operators, one));
  if (accounts.length === 0) io.stderr('There are no accounts. "station operator add" makes the first administrator.');
}

async function change(operators: Operators, args: Args, io: Io): Promise<void> {
  await signIn(operators, args, io, "operators.change");
  const account = accountOf(operators, args.need("of"));
  operators.change(account.id, {
    name: args.text("name") ?? account.name,
    role: roleOf(args.text("role") ?? account.role),
    active: yesOrNo(args, "active") ?? account.active,
  });
  const changed = accountOf(operators, account.id);
  tell(args, io, accountJson(operators, changed), lineOf(operators, changed));
}

async function setPin(operators: Operators, args: Args, io: Io): Promise<void> {
  const pin = newPin(args, io);
  if (!operators.inUse) throw noAccounts();
  const { badge, pin: own } = badgeAndPin(args, io);
  const self = await operators.signIn(badge, own);
  const of = args.text("of");
  const account = of === null ? self : accountOf(operators, of);
  operators.require("operators.set-pin", { id: account.id });
  // A badge that was lost with its sealed key can only be said again.
  await operators.setPin(account.id, pin, of ?? badge);
  tell(args, io, accountJson(operators, accountOf(operators, account.id)), `${account.name} has a new PIN and key.`);
}

async function policy(operators: Operators, args: Args, io: Io): Promise<void> {
  const text = args.text("approvals");
  const changes = {
    approvals: text === null ? null : text === "none" ? [] : text.split(",").map(subjectOf),
    lockAfterMinutes: args.integer("lock-after", 0, 1440),
    needAllotment: yesOrNo(args, "need-allotment"),
  };
  if (!operators.inUse) throw noAccounts();
  const { badge, pin } = badgeAndPin(args, io);
  await operators.signIn(badge, pin);
  operators.require("operators.policy", changes);
  const { approvals, lockAfterMinutes, needAllotment } = operators.setRules(changes);
  const json = { approvals, lock_after_minutes: lockAfterMinutes, need_allotment: needAllotment };
  tell(
    args,
    io,
    json,
    `Approval for: ${approvals.join(", ") || "nothing"}. Signed work order needed: ${needAllotment}.`,
  );
}

async function check(operators: Operators, args: Args, io: Io): Promise<void> {
  if (!operators.inUse) throw noAccounts();
  const { badge, pin } = badgeAndPin(args, io);
  const account = await operators.signIn(badge, pin);
  tell(args, io, accountJson(operators, account), `Badge and PIN belong to ${account.name}, ${account.role}.`);
}

function accountJson(operators: Operators, account: Account) {
  const { id, name, role, active, publicKey, lockedUntil } = account;
  return {
    id,
    badge: operators.badgeOf(account),
    name,
    role,
    active,
    key_sha256: publicKeyFingerprint(publicKey),
    locked_until: lockedUntil?.toISOString() ?? null,
  };
}

function lineOf(operators: Operators, account: Account): string {
  const { id, name, role, active } = account;
  return `${id}  ${operators.badgeOf(account) ?? "(badge lost)"}  ${role}${active ? "" : " (inactive)"}  ${name}`;
}

function tell(args: Args, io: Io, json: unknown, line: string): void {
  if (args.flag("json")) io.stdout(JSON.stringify(json));
  io.stderr(line);
}

/** By id or by what is on the badge. */
function accountOf(operators: Operators, text: string): Account {
  const badge = badgeHash(text);
  const account = operators.list().find(({ id, badgeSha256 }) => id === text || badgeSha256 === badge);
  if (account === undefined) throw usage("--of names no account.");
  return account;
}

function newPin(args: Args, io: Io): string {
  const pin = secretFrom(args.text("new-pin-file"), "STATION_NEW_PIN", io);
  if (pin !== null) return pin;
  throw new StationError(
    "SECRET_MISSING",
    "The new PIN is not at hand. Set STATION_NEW_PIN, or name a --new-pin-file.",
  );
}

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role === undefined) throw usage(`--role takes ${roles.join(", ")}.`);
  return role;
}

function subjectOf(text: string): ApprovalSubject {
  const subject = approvalSubjects.find((one) => one === text);
  if (subject === undefined) throw usage(`--approvals takes none, or some of ${approvalSubjects.join(",")}.`);
  return subject;
}

function yesOrNo(args: Args, name: string): boolean | null {
  const text = args.text(name);
  if (text === null) return null;
  if (text !== "yes" && text !== "no") throw usage(`--${name} takes yes or no.`);
  return text === "yes";
}

function noAccounts(): StationError {
  return usage("This station has no accounts.");
}
