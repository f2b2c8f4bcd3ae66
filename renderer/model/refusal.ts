import type { CallName } from "#shared/ipc/contract.ts";
import type { Licence, Session, Status } from "./live.ts";

/** Why a call would be refused, so that its button can say so beforehand. The engine decides; this only foretells. */
export type Refusal = "signed-out" | "role" | "tampered" | "licence" | "ledger";

/** Calls that spend a seat or write a stick anew. What is owed to a stick may still be finished. */
const writing: ReadonlySet<CallName> = new Set([
  "batch.start",
  "batch.retry-failed",
  "single.issue",
  "carry.deliver",
] satisfies CallName[]);

/** Calls that are recorded, which a ledger that does not verify takes no more of. */
const recorded: ReadonlySet<CallName> = new Set([
  ...writing,
  "batch.preflight",
  "batch.continue",
  "bench.arm",
  "keys.rotate",
  "licence.add-vendor-key",
  "licence.fetch",
  "licence.paste",
  "licence.recover",
  "licence.set-expired-policy",
  "operators.add",
  "operators.change",
  "witness.add",
  "witness.policy",
] satisfies CallName[]);

export function refusalOf(
  call: CallName,
  session: Session | null,
  licence: Licence | null,
  ledger: Status["ledger"]["health"] | null,
): Refusal | null {
  if (isSignedOut(session)) return "signed-out";
  if (session !== null && session.accounts && !session.allowed.includes(call)) return "role";
  if (ledger === "broken" && recorded.has(call)) return "ledger";
  if (!writing.has(call) || licence === null || licence.writes) return null;
  return licence.state === "tampered" ? "tampered" : "licence";
}

export function isSignedOut(session: Session | null): boolean {
  return session !== null && session.accounts && session.operator === null;
}
