import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import type { ApprovalSubject } from "#shared/domain/operator.ts";

/** What an administrator has laid down. */
export interface OperatorRules {
  /** What a second person must approve. */
  readonly approvals: readonly ApprovalSubject[];
  /** 0: never. */
  readonly lockAfterMinutes: number;
  /** Whether a batch needs a work order that a supervisor has signed. */
  readonly needAllotment: boolean;
}

/** What holds from the first account on, until an administrator says otherwise. */
export const firstRules: OperatorRules = {
  approvals: ["conflict-override", "key-rotation", "licence-recovery"],
  lockAfterMinutes: 10,
  needAllotment: false,
};

export function rulesOf(entry: Omit<BodyOf<"operator.policy-set">, "type">): OperatorRules {
  return {
    approvals: entry.approvals,
    lockAfterMinutes: entry.lock_after_minutes,
    needAllotment: entry.need_allotment,
  };
}
