import type { CallName } from "#shared/ipc/contract.ts";
import type { Licence, Session } from "./live.ts";

/** Why a call would be refused, so that its button can say so beforehand. The engine decides; this only foretells. */
export type Refusal = "signed-out" | "role" | "tampered" | "licence";

/** Calls that spend a seat or write a stick anew. What is owed to a stick may still be finished. */
const writing: ReadonlySet<CallName> = new Set([
  "batch.start",
  "batch.retry-failed",
  "single.issue",
  "carry.deliver",
] satisfies CallName[]);

export function refusalOf(call: CallName, session: Session | null, licence: Licence | null): Refusal | null {
  if (isSignedOut(session)) return "signed-out";
  if (session !== null && session.accounts && !session.allowed.includes(call)) return "role";
  if (!writing.has(call) || licence === null || licence.writes) return null;
  return licence.state === "tampered" ? "tampered" : "licence";
}

export function isSignedOut(session: Session | null): boolean {
  return session !== null && session.accounts && session.operator === null;
}
