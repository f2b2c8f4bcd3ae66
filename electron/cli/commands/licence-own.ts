import type { CallName } from "#shared/ipc/contract.ts";
import { tokenText } from "../../engine/authority/verify-token.ts";
import { readRegularFile } from "../../engine/authority/watched-file.ts";
import type { LicenceView } from "../../engine/authority/licence-view.ts";
import type { Station } from "../../engine/station.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, secretFrom, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

/** The station's own licence, from a terminal. */
const options = {
  ...homeOptions,
  "token-file": { type: "string" },
  expired: { type: "string" },
  stop: { type: "boolean" },
} as const;

/** What each does before the licence is shown. */
const actions: Readonly<Record<string, (station: Station, args: Args, io: Io) => Promise<void> | void>> = {
  show: () => {},
  add: async ({ authority }, args, io) => authority.install(tokenFrom(args, "STATION_LICENCE", io), "pasted"),
  remove: ({ authority }) => authority.remove(),
  watch: async ({ authority }, args) => authority.watch(watchedFile(args)),
  recover: (station, args, io) => station.recover(tokenFrom(args, "STATION_RECOVERY", io)),
  policy: ({ authority }, args) => authority.setExpired(expiredFrom(args)),
};

/** As the window would ask for it. */
const callOf: Readonly<Record<string, CallName>> = {
  add: "licence.paste",
  remove: "licence.remove",
  watch: "licence.watch-file",
  recover: "licence.recover",
  policy: "licence.set-expired-policy",
};

export function isOwnAction(action: string | undefined): action is string {
  return action !== undefined && Object.hasOwn(actions, action);
}

/** `station licence show | add | remove | watch FILE | recover | policy`: all of them end by showing where things stand. */
export async function ownLicence(action: string, argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 0, max: action === "watch" ? 1 : 0 });
  return withStation<ExitCode>(args, io, async (station) => {
    const call = callOf[action];
    if (call !== undefined) await signIn(station.operators, args, io, call);
    await actions[action]?.(station, args, io);
    const view = station.licence();
    if (args.flag("json")) io.stdout(JSON.stringify(snakeCase(view)));
    io.stderr(licenceText(view));
    return 0;
  });
}

/** A token comes from a file or the environment, never from an argument. @throws StationError USAGE, LICENCE_TOKEN_* */
function tokenFrom(args: Args, variable: string, io: Io): string {
  const file = args.text("token-file");
  if (file !== null) {
    const bytes = readRegularFile(file, mostBytes);
    if (bytes instanceof Uint8Array) return tokenText(bytes);
    throw usage(`The token file ${file} is ${bytes === "missing" ? "not there" : "not readable as one"}.`);
  }
  const token = secretFrom(null, variable, io);
  if (token === null) throw usage(`Name a --token-file, or set ${variable}.`);
  return token.trim();
}

const mostBytes = 65_536;

function watchedFile(args: Args): string | null {
  const [path] = args.positionals;
  if ((path === undefined) !== args.flag("stop")) throw usage("Name the file to watch, or --stop.");
  return path ?? null;
}

function expiredFrom(args: Args): "as-none" | "hard-fail" {
  const policy = args.need("expired");
  if (policy === "as-none" || policy === "hard-fail") return policy;
  throw usage("--expired takes as-none or hard-fail.");
}

function licenceText(view: LicenceView): string {
  const { quota, devices, state } = view;
  const limit = (count: number | null) => count ?? "no limit";
  const lines = [`Station licence: ${state}${view.writes ? "" : "; nothing is spent or written"}`];
  if (view.licenceId !== null) {
    lines.push(`  ${view.licenceId} for ${view.customer}, tier ${view.tier}, from ${view.source}`);
    lines.push(`  expires ${view.expiresAt}, grace until ${view.graceEndsAt}, read-only until ${view.readOnlyEndsAt}`);
    lines.push(`  last contact ${view.lastContactAt ?? "none"}, may work offline until ${view.offlineEndsAt}`);
    lines.push(`  devices ${devices.used} of ${limit(devices.limit)}`);
  }
  lines.push(`  provisioned in 24 hours ${quota.last24Hours} of ${limit(quota.limit)}, today ${quota.today}`);
  if (quota.freeAt !== null) lines.push(`  the next place is free at ${quota.freeAt}`);
  lines.push(...view.notices.map(({ code, message }) => `  ${message} [${code}]`));
  lines.push(...view.tampering.map(({ at, kind, message }) => `  ${at} ${kind}: ${message}`));
  return lines.join("\n");
}

/** The command line's JSON is in snake_case, at every depth. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, inner]) => [snakeName(name), snakeCase(inner)] as const);
  return Object.fromEntries(members);
}

function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace("last24_hours", "last_24_hours");
}
