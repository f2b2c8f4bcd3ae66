import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf, LedgerEntry } from "#shared/domain/ledger-entry.ts";
import type { ApprovalSubject } from "#shared/domain/operator.ts";

export type ApprovalState = "waiting" | "approved" | "refused" | "used" | "expired";

/** One request for a second person's word, as the ledger's entries add up. */
export interface Approval {
  readonly id: string;
  readonly subject: ApprovalSubject;
  /** What it is for, exactly: it counts for nothing else. */
  readonly reference: string;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly expiresAt: Date;
  readonly decision: "approved" | "refused" | null;
  readonly decidedBy: string | null;
  readonly isUsed: boolean;
}

export const approvalTypes = ["approval.asked", "approval.given", "approval.refused", "approval.used"] as const;
export type ApprovalEntry = Extract<LedgerEntry, { type: (typeof approvalTypes)[number] }>;

export const approvalLifeMs = 3_600_000;
export const mostWaiting = 100;

/** Takes in the next entry, in the ledger's order. */
export function foldApproval(approvals: Map<string, Approval>, entry: ApprovalEntry): void {
  const { approval: id, subject, reference, by = "" } = entry;
  if (entry.type === "approval.asked") {
    const { reason, expires_at, at: askedAt } = entry;
    const expiresAt = new Date(expires_at);
    const asked = { id, subject, reference, reason, askedBy: by, askedAt, expiresAt };
    approvals.set(id, { ...asked, decision: null, decidedBy: null, isUsed: false });
    return;
  }
  const known = approvals.get(id);
  if (known === undefined) return;
  if (entry.type === "approval.used") approvals.set(id, { ...known, isUsed: true });
  else {
    const decision = entry.type === "approval.given" ? "approved" : "refused";
    approvals.set(id, { ...known, decision, decidedBy: by });
  }
}

export function stateOf(approval: Approval, now: Date): ApprovalState {
  if (approval.isUsed) return "used";
  if (approval.decision === "refused") return "refused";
  if (now >= approval.expiresAt) return "expired";
  return approval.decision ?? "waiting";
}

/**
 * The approval that lets `user` do this now: bound to the reference, unused, and given by somebody else.
 * @throws StationError APPROVAL_NEEDED, with subject and reference to ask for
 */
export function standing(
  approvals: Iterable<Approval>,
  wanted: { readonly subject: ApprovalSubject; readonly reference: string },
  user: string,
  now: Date,
): BodyOf<"approval.used"> {
  const { subject, reference } = wanted;
  for (const approval of approvals) {
    const isFor = approval.subject === subject && approval.reference === reference;
    if (isFor && stateOf(approval, now) === "approved" && approval.decidedBy !== user) {
      return { type: "approval.used", approval: approval.id, subject, reference };
    }
  }
  throw new StationError(
    "APPROVAL_NEEDED",
    "A second person must approve this first. Ask for it, and have a supervisor show badge and PIN.",
    { details: { subject, reference } },
  );
}
