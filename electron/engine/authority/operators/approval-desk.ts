import { StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { ApprovalSubject, SignatureMeaning } from "#shared/domain/operator.ts";
import { hex, must } from "#shared/formats/encoding.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { Account } from "./accounts.ts";
import { type Approval, approvalLifeMs, mostWaiting, standing, stateOf } from "./approvals.ts";
import type { Book } from "./book.ts";
import type { OperatorLedger } from "./ports.ts";
import type { Prove } from "./proof.ts";
import { signed } from "./signing.ts";

/** Where a second person's word is asked for and given. */
export interface ApprovalDesk {
  /** Newest first. */
  list(): readonly Approval[];
  /** Whether policy asks for a second person now. */
  isNeeded(subject: ApprovalSubject): boolean;
  /** @throws StationError OPERATOR_SIGN_IN_NEEDED, USAGE */
  ask(subject: ApprovalSubject, reference: string, reason: string): Approval;
  /**
   * The second person shows badge and PIN; who is signed in stays so.
   * @throws StationError APPROVAL_CLOSED, APPROVAL_SAME_PERSON, OPERATOR_NOT_ALLOWED, OPERATOR_UNKNOWN, OPERATOR_LOCKED_OUT
   */
  decide(id: string, badge: string, pin: string, approve: boolean): Promise<Approval>;
  /** Whether {@link use} would go through. @param by by default who is signed in @throws as that does */
  check(subject: ApprovalSubject, reference: string, by?: string): void;
  /**
   * Uses up the approval; what is answered must be appended with what it is for. Nothing while policy does not ask.
   * @throws StationError APPROVAL_NEEDED, OPERATOR_SIGN_IN_NEEDED
   */
  use(subject: ApprovalSubject, reference: string, by?: string): readonly LedgerEntryBody[];
}

export function createApprovals(parts: {
  readonly book: Book;
  readonly prove: Prove;
  readonly current: () => Account | null;
  readonly ledger: OperatorLedger;
  readonly clock: Clock;
  readonly random: Random;
  readonly sign: (meaning: SignatureMeaning, bodies: readonly LedgerEntryBody[]) => readonly LedgerEntryBody[];
}): ApprovalDesk {
  const { book, prove, clock, random, ledger } = parts;
  const find = (id: string) => must(book.approvals.get(id), "the approval");
  const user = (): Account => {
    const account = parts.current();
    if (account !== null) return account;
    throw new StationError(
      "OPERATOR_SIGN_IN_NEEDED",
      "An approval is between two people with accounts. Sign in with badge and PIN first.",
    );
  };
  const isNeeded = (subject: ApprovalSubject) => book.accounts.size > 0 && book.rules().approvals.includes(subject);
  const wanted = (subject: ApprovalSubject, reference: string, by = user().id) =>
    standing(book.approvals.values(), { subject, reference }, by, clock.now());
  const waiting = (id: string): Approval => {
    const approval = book.approvals.get(id);
    if (approval !== undefined && stateOf(approval, clock.now()) === "waiting") return approval;
    throw new StationError("APPROVAL_CLOSED", "This request is decided, expired or not known. Ask for a new one.");
  };
  return {
    list: () => [...book.approvals.values()].reverse(),
    isNeeded,
    ask: (subject, reference, reason) => {
      user();
      if (!isText(reference, 1, 256) || !isText(reason, 1, 512)) {
        throw new StationError("USAGE", "Say in up to 512 bytes on one line what the approval is for.");
      }
      const now = clock.now();
      if ([...book.approvals.values()].filter((one) => stateOf(one, now) === "waiting").length >= mostWaiting) {
        throw new StationError("USAGE", "Too many requests wait for approval. Decide some of them first.");
      }
      const approval = `ap-${hex(random.bytes(8))}`;
      const expires_at = new Date(now.getTime() + approvalLifeMs).toISOString();
      const by = user().id;
      book.record([{ type: "approval.asked", by, approval, subject, reference, reason, expires_at }]);
      return find(approval);
    },
    decide: async (id, badge, pin, approve) => {
      waiting(id);
      const { account, key } = await prove(badge, pin);
      // Somebody else may have decided while the PIN was tried.
      const { subject, reference, askedBy } = waiting(id);
      if (account.id === askedBy) {
        throw new StationError(
          "APPROVAL_SAME_PERSON",
          "Whoever asks can't approve. Have somebody else show their badge.",
        );
      }
      if (account.role !== "supervisor" && account.role !== "administrator") {
        throw new StationError("OPERATOR_NOT_ALLOWED", "Only a supervisor or an administrator can approve. Ask one.");
      }
      const type = approve ? ("approval.given" as const) : ("approval.refused" as const);
      const signatory = { origin: ledger.origin, operator: account.id, key };
      const body: LedgerEntryBody = { type, approval: id, subject, reference };
      book.record(signed(signatory, approve ? "approved" : "refused", [body]));
      return find(id);
    },
    check: (subject, reference, by) => {
      if (isNeeded(subject)) wanted(subject, reference, by);
    },
    use: (subject, reference, by) => {
      if (!isNeeded(subject)) return [];
      const used = wanted(subject, reference, by);
      book.note([used]);
      return [used];
    },
  };
}
