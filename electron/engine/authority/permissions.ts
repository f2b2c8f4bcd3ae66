import type { Role } from "#shared/domain/operator.ts";
import type { CallName } from "#shared/ipc/contract.ts";

type Scope = "everybody" | "members" | "workers" | "deciders" | "auditors" | "administrators";

/** "everybody": also while nobody is signed in. */
const scopes: Readonly<Record<Exclude<Scope, "everybody">, readonly Role[]>> = {
  members: ["operator", "supervisor", "auditor", "administrator"],
  workers: ["operator", "supervisor", "administrator"],
  deciders: ["supervisor", "administrator"],
  auditors: ["supervisor", "auditor", "administrator"],
  administrators: ["administrator"],
};

/** Who may make which call, while the station has accounts. The compiler misses a call that is not here. */
const scopeOf: Readonly<Record<CallName, Scope>> = {
  "lock.state": "everybody",
  "lock.open": "everybody",
  "session.get": "everybody",
  "session.sign-in": "everybody",
  "session.sign-out": "everybody",
  "session.touch": "everybody",
  "settings.get": "everybody",
  "licence.get": "everybody",
  "bench.get": "everybody",

  "settings.update": "administrators",
  "settings.set-api-key": "administrators",
  "settings.test-connection": "workers",
  "settings.choose-ca": "administrators",
  "keys.export": "auditors",

  "licenses.list": "members",
  "licenses.add": "deciders",
  "licenses.remove": "deciders",
  "licenses.check": "workers",
  "policies.list": "members",
  "policies.save": "deciders",
  "policies.remove": "deciders",
  "job.get": "members",
  "job.set": "workers",

  "sticks.add-folder": "workers",
  "sticks.remove-folder": "workers",
  "sticks.read": "workers",
  "sticks.eject": "workers",
  "batch.preflight": "workers",
  "batch.start": "workers",
  "batch.continue": "workers",
  "batch.pause": "workers",
  "batch.unpause": "workers",
  "batch.stop": "workers",
  "batch.retry-failed": "workers",
  "batch.list": "members",
  "batch.rows": "members",
  "batch.rejected": "members",
  "batch.proof": "members",
  "batch.report": "members",
  "single.issue": "workers",

  "devices.search": "members",
  "devices.history": "members",
  "devices.receipt": "members",
  "devices.deactivate": "deciders",
  "ledger.page": "members",
  "ledger.verify": "members",
  "ledger.export": "members",
  "ledger.checkpoint": "members",
  "stats.summary": "members",

  "audit.devices": "members",
  "audit.device": "members",
  "audit.overrides": "members",
  "audit.expiring": "members",
  "audit.counts": "members",
  "audit.csv": "members",
  "audit.report": "members",
  "audit.reconcile-csv": "auditors",
  "audit.reconcile-server": "auditors",
  "audit.reconcile-stop": "auditors",
  "audit.reconciled": "auditors",

  "keys.rotate": "administrators",
  "witness.list": "members",
  "witness.add": "members",
  "witness.policy": "administrators",

  "rehearsal.begin": "workers",
  "rehearsal.end": "workers",
  "rehearsal.make-stick": "workers",

  "bench.arm": "workers",
  "bench.disarm": "workers",
  "bench.release": "workers",
  // Who may do it alone is asked again with the drive at hand.
  "bench.allow-drive": "workers",
  "bench.retry": "workers",
  "bench.accept": "workers",
  "slots.teach": "deciders",
  "slots.stop-teaching": "deciders",
  "slots.forget": "deciders",

  "licence.paste": "administrators",
  "licence.remove": "administrators",
  "licence.watch-file": "administrators",
  "licence.unwatch-file": "administrators",
  "licence.fetch": "administrators",
  "licence.add-vendor-key": "administrators",
  "licence.set-expired-policy": "administrators",
  "licence.recover": "administrators",

  "operators.list": "auditors",
  "operators.add": "administrators",
  "operators.change": "administrators",
  "operators.set-pin": "administrators",
  "operators.policy": "administrators",
  "approvals.list": "members",
  "approvals.ask": "workers",
  "approvals.decide": "workers",
  "allotments.list": "members",
  "allotments.sign": "deciders",

  "carry.inspect": "workers",
  "carry.deliver": "workers",
  "carry.fetch": "workers",
};

interface Caller {
  readonly id: string;
  readonly role: Role;
}

/** @param caller null: nobody is signed in @param input as the contract parsed it */
export function isAllowed(caller: Caller | null, call: CallName, input: unknown): boolean {
  const scope = scopeOf[call];
  if (scope === "everybody") return true;
  if (caller === null) return false;
  return scopes[scope].includes(caller.role) || isOwnAffair(caller, call, input);
}

/** Whether signing in is no matter for it. */
export function isForEverybody(call: CallName): boolean {
  return scopeOf[call] === "everybody";
}

/** By name, whatever the input. @param caller "anybody": the station has no accounts */
export function allowedCalls(caller: Caller | "anybody" | null): readonly CallName[] {
  const all = Object.keys(scopeOf) as CallName[];
  return caller === "anybody" ? all : all.filter((call) => isAllowed(caller, call, null));
}

/** What a member may do although the call as a whole is somebody else's. */
function isOwnAffair(caller: Caller, call: CallName, input: unknown): boolean {
  if (typeof input !== "object" || input === null) return false;
  if (call === "operators.set-pin") return "id" in input && input.id === caller.id;
  // Only asking what holds.
  if (call === "operators.policy") return Object.values(input).every((value) => value === null);
  if (call === "settings.update") return Object.keys(input).every((name) => looks.has(name));
  return false;
}

/** Settings that change nothing but what the person before the screen sees and hears. */
const looks: ReadonlySet<string> = new Set(["language", "theme", "sounds"]);
