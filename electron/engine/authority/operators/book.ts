import type { LedgerEntry, LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Account, type AccountEntry, accountTypes, foldAccount } from "./accounts.ts";
import { type Allotment, allotmentOf } from "./allotments.ts";
import { type Approval, type ApprovalEntry, approvalTypes, foldApproval } from "./approvals.ts";
import type { OperatorLedger } from "./ports.ts";
import { firstRules, type OperatorRules, rulesOf } from "./rules.ts";

/** Everything the ledger says of operators, kept in step with what this process appends; there is no other record of it. */
export interface Book {
  /** By id, in the order in which they were added. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly approvals: ReadonlyMap<string, Approval>;
  /** Oldest first. */
  readonly allotments: readonly Allotment[];
  rules(): OperatorRules;
  /** Appends, durably, and takes in. @throws StationError LEDGER_UNWRITABLE, CLOCK_BEHIND; then nothing is taken in */
  record(bodies: readonly LedgerEntryBody[]): void;
  /** Takes in what somebody else is about to append: it counts from now on, whatever becomes of the append. */
  note(bodies: readonly LedgerEntryBody[]): void;
}

const types = [...accountTypes, ...approvalTypes, "operator.policy-set", "work-order.allotted"] as const;

export function openBook(ledger: OperatorLedger, clock: Clock, changed: () => void): Book {
  const accounts = new Map<string, Account>();
  const approvals = new Map<string, Approval>();
  const allotments: Allotment[] = [];
  let rules = firstRules;

  const take = (entry: LedgerEntry): void => {
    if (isOneOf(accountTypes, entry)) foldAccount(accounts, entry as AccountEntry);
    else if (isOneOf(approvalTypes, entry)) foldApproval(approvals, entry as ApprovalEntry);
    else if (entry.type === "operator.policy-set") rules = rulesOf(entry);
    else if (entry.type === "work-order.allotted") allotments.push(allotmentOf(entry));
  };
  const found = types.flatMap((type) => [...ledger.entriesOfType(type)]).sort((a, b) => a.index - b.index);
  for (const { entry } of found) take(entry);

  const note = (bodies: readonly LedgerEntryBody[]): void => {
    const at = clock.now().toISOString();
    for (const body of bodies) take({ ...body, v: 1, at });
    changed();
  };
  return {
    accounts,
    approvals,
    allotments,
    rules: () => rules,
    record: (bodies) => {
      ledger.append(bodies);
      note(bodies);
    },
    note,
  };
}

function isOneOf(types: readonly string[], { type }: LedgerEntry): boolean {
  return types.includes(type);
}
