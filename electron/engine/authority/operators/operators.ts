import type { ApprovalSubject, Role, SignatureMeaning } from "#shared/domain/operator.ts";
import { StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { base64, hex, must } from "#shared/formats/encoding.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import type { CallName } from "#shared/ipc/contract.ts";
import { allowedCalls, isAllowed } from "../permissions.ts";
import type { Account } from "./accounts.ts";
import { type AllotmentGate, allotmentGate } from "./allotments.ts";
import { type ApprovalDesk, createApprovals } from "./approval-desk.ts";
import { openBook } from "./book.ts";
import { checkPin } from "./pin-rules.ts";
import type { OperatorKeys, OperatorLedger } from "./ports.ts";
import { badgeHash, createProof } from "./proof.ts";
import type { OperatorRules } from "./rules.ts";
import { keepSession } from "./session.ts";
import { signed, type Signatory } from "./signing.ts";
import { createWorkOrders, type WorkOrders } from "./work-orders.ts";

export interface OperatorsOptions {
  readonly ledger: OperatorLedger;
  readonly keys: OperatorKeys;
  readonly clock: Clock;
  readonly random: Random;
  /** While true nothing can be logged: people come and go unrecorded, so that what is left can still be read. */
  readonly isReadOnly?: () => boolean;
}

/** Accounts, the session, and what is signed; one station has one. While there is no account, everybody may do everything. */
export interface Operators {
  /** Whether accounts exist. */
  readonly inUse: boolean;
  /** Who is signed in. */
  current(): Account | null;
  /**
   * @param isKept the session lasts as long as the process, which is this person's own
   * @throws StationError OPERATOR_UNKNOWN, OPERATOR_LOCKED_OUT, OPERATOR_TAMPERED; the session before stays then
   */
  signIn(badge: string, pin: string, isKept?: boolean): Promise<Account>;
  signOut(): void;
  touch(): void;
  list(): readonly Account[];
  /** What is printed on the badge, null when the sealed key that it lies with is gone. */
  badgeOf(account: Account): string | null;
  /** The first one becomes administrator and is signed in. @throws StationError OPERATOR_EXISTS, OPERATOR_PIN_WEAK, USAGE */
  add(wanted: NewAccount): Promise<Account>;
  /** @throws StationError OPERATOR_LAST_ADMINISTRATOR, USAGE */
  change(id: string, to: Pick<Account, "name" | "role" | "active">): void;
  /** Makes a new key. @throws StationError OPERATOR_PIN_WEAK, USAGE, OPERATOR_TAMPERED without `badge` when that is lost */
  setPin(id: string, pin: string, badge?: string): Promise<void>;
  rules(): OperatorRules;
  setRules(changes: { readonly [K in keyof OperatorRules]: OperatorRules[K] | null }): OperatorRules;

  allowed(): readonly string[];
  /** @throws StationError OPERATOR_SIGN_IN_NEEDED, OPERATOR_NOT_ALLOWED */
  require(call: CallName, input: unknown): void;
  /**
   * Who is signed in, to sign for what begins now and may outlast the session; null while there is no account.
   * @throws StationError OPERATOR_SIGN_IN_NEEDED
   */
  acting(): Acting | null;
  /** The bodies with the signature of who is signed in behind them; as they are while there is no account. */
  sign(meaning: SignatureMeaning, bodies: readonly LedgerEntryBody[]): readonly LedgerEntryBody[];

  readonly approvals: ApprovalDesk;
  /**
   * Lets the one signed in do what policy asks a second person for: uses up the approval, and logs and signs that.
   * Nothing happens while policy does not ask. @throws StationError APPROVAL_NEEDED, OPERATOR_SIGN_IN_NEEDED
   */
  requireApproval(subject: ApprovalSubject, reference: string): void;
  readonly workOrders: WorkOrders;
  /** Null: no signed work order covers this, and policy does not ask for one. */
  allotmentGate(workOrder: string | null, product: string): AllotmentGate | null;
  /** Ends the session with the station. */
  close(): void;
  /** Called after every change of the session, accounts or approvals. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

export interface Acting {
  readonly account: Account;
  sign(meaning: SignatureMeaning, bodies: readonly LedgerEntryBody[]): readonly LedgerEntryBody[];
}

export interface NewAccount {
  readonly badge: string;
  readonly name: string;
  readonly role: Role;
  readonly pin: string;
}

export function openOperators(options: OperatorsOptions): Operators {
  const { ledger, keys, clock, random, isReadOnly = () => false } = options;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const book = openBook(ledger, clock, changed);
  const { accounts } = book;
  const comeOrGo = (body: LedgerEntryBody) => (isReadOnly() ? book.note([body]) : book.record([body]));
  const byBadge = (sha256: string) => [...accounts.values()].find((one) => one.badgeSha256 === sha256) ?? null;
  const session = keepSession(
    clock,
    () => book.rules().lockAfterMinutes * 60_000,
    ({ operator }) => comeOrGo({ type: "operator.signed-out", by: operator, operator, how: "idle" }),
  );
  const prove = createProof({
    accountOf: byBadge,
    keys,
    clock,
    refuse: ({ id: operator }, failures, until) => {
      const locked_until = until?.toISOString() ?? null;
      comeOrGo({ type: "operator.refused", operator, failures, locked_until });
    },
  });
  const current = () => {
    const operator = session.current()?.operator;
    const account = operator === undefined ? undefined : accounts.get(operator);
    return account?.active === true ? account : null;
  };
  const signatory = (): Signatory | null => {
    const open = session.current();
    if (open === null || current() === null) {
      if (accounts.size === 0) return null;
      throw signInNeeded();
    }
    return { origin: ledger.origin, ...open };
  };
  const sign: Operators["sign"] = (meaning, bodies) => {
    const by = signatory();
    return by === null ? bodies : signed(by, meaning, bodies);
  };
  const acting = (): Acting | null => {
    const by = signatory();
    return by === null ? null : { account: find(by.operator), sign: (meaning, bodies) => signed(by, meaning, bodies) };
  };
  const find = (id: string) => {
    const account = accounts.get(id);
    if (account === undefined) throw new StationError("USAGE", "That account is not in the list. Look at it again.");
    return account;
  };
  const leave = (how: "asked" | "replaced" | "closed") => {
    const open = session.current();
    if (open === null) return;
    session.end();
    comeOrGo({ type: "operator.signed-out", by: open.operator, operator: open.operator, how });
  };
  const badgeOf = (account: Account): string | null => {
    try {
      return keys.badge(account.publicKey);
    } catch {
      return null;
    }
  };
  const approvals = createApprovals({ book, prove, current, ledger, clock, random, sign });

  return {
    get inUse() {
      return accounts.size > 0;
    },
    current,
    signIn: async (badge, pin, isKept = false) => {
      const { account, key } = await prove(badge, pin);
      leave("replaced");
      session.begin({ operator: account.id, key }, isKept);
      try {
        comeOrGo({ type: "operator.signed-in", by: account.id, operator: account.id });
      } catch (error) {
        session.end();
        throw error;
      }
      return must(accounts.get(account.id), "the account");
    },
    signOut: () => leave("asked"),
    touch: session.touch,
    list: () => [...accounts.values()],
    badgeOf,
    add: async ({ badge, name, role, pin }) => {
      checkBadge(badge);
      checkName(name);
      checkPin(pin, badge);
      const refuseTaken = () => {
        if (byBadge(badgeHash(badge)) === null) return;
        throw new StationError("OPERATOR_EXISTS", "Another account has this badge. Each badge is one person's.");
      };
      refuseTaken();
      const wasFirst = accounts.size === 0;
      const key = await keys.make(badge, pin);
      try {
        refuseTaken();
        if (wasFirst !== (accounts.size === 0)) throw signInNeeded();
        const operator = `op-${hex(random.bytes(8))}`;
        const badge_sha256 = badgeHash(badge);
        const public_key = base64(key.publicKey);
        const added = { type: "operator.added" as const, operator, name, badge_sha256, public_key };
        if (wasFirst) {
          const bodies = [{ ...added, role: "administrator" as const }];
          const signedIn = { type: "operator.signed-in" as const, by: operator, operator };
          book.record([...signed({ origin: ledger.origin, operator, key }, "administered", bodies), signedIn]);
          session.begin({ operator, key });
          changed();
        } else book.record(sign("administered", [{ ...added, role }]));
        return find(operator);
      } catch (error) {
        keys.forget(key.publicKey);
        throw error;
      }
    },
    change: (id, { name, role, active }) => {
      find(id);
      checkName(name);
      const isAdministrator = (one: Account) => one.active && one.role === "administrator";
      const others = [...accounts.values()].filter((one) => one.id !== id && isAdministrator(one));
      if (others.length === 0 && !(active && role === "administrator")) {
        throw new StationError(
          "OPERATOR_LAST_ADMINISTRATOR",
          "The station needs an administrator. Make somebody else one first.",
        );
      }
      book.record(sign("administered", [{ type: "operator.changed", operator: id, name, role, active }]));
    },
    setPin: async (id, pin, badge) => {
      const before = find(id);
      const known = badgeOf(before) ?? badge ?? keys.badge(before.publicKey);
      if (badgeHash(known) !== before.badgeSha256) {
        throw new StationError("USAGE", "This is not the badge that the account was made with.");
      }
      checkPin(pin, known);
      const key = await keys.make(known, pin);
      const public_key = base64(key.publicKey);
      try {
        book.record(sign("administered", [{ type: "operator.pin-set", operator: id, public_key }]));
      } catch (error) {
        keys.forget(key.publicKey);
        throw error;
      }
      if (session.current()?.operator === id) session.begin({ operator: id, key });
      keys.forget(before.publicKey);
    },
    rules: book.rules,
    setRules: (changes) => {
      const rules = book.rules();
      const next = {
        approvals: [...new Set(changes.approvals ?? rules.approvals)],
        lock_after_minutes: changes.lockAfterMinutes ?? rules.lockAfterMinutes,
        need_allotment: changes.needAllotment ?? rules.needAllotment,
      };
      if (Object.values(changes).some((value) => value !== null)) {
        if (signatory() === null) throw new StationError("USAGE", "There are no accounts yet. Add the first one.");
        book.record(sign("administered", [{ type: "operator.policy-set", ...next }]));
        session.touch();
      }
      return book.rules();
    },
    allowed: () => allowedCalls(accounts.size === 0 ? "anybody" : current()),
    require: (call, input) => {
      const account = current();
      if (accounts.size === 0 || isAllowed(account, call, input)) return;
      if (account === null) throw signInNeeded();
      throw new StationError(
        "OPERATOR_NOT_ALLOWED",
        "Your role does not include this. Ask a supervisor or an administrator to sign in and do it.",
      );
    },
    acting,
    sign,
    approvals,
    requireApproval: (subject, reference) => {
      const used = approvals.use(subject, reference);
      if (used.length > 0) book.record(sign("overrode", used));
    },
    workOrders: createWorkOrders({ book, sign, random, isInUse: () => accounts.size > 0 }),
    allotmentGate: (workOrder, product) => {
      const own = book.allotments.filter((one) => one.workOrder === workOrder && one.product === product);
      const isNeeded = accounts.size > 0 && book.rules().needAllotment;
      return own.length > 0 || isNeeded ? allotmentGate(own, isNeeded) : null;
    },
    close: () => leave("closed"),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function checkBadge(badge: string): void {
  if (isText(badge, 1, 64) && badge.trim() === badge) return;
  throw new StationError("USAGE", "A badge code has 1 to 64 bytes, no control characters and no blanks around it.", {
    details: { place: "badge" },
  });
}

function checkName(name: string): void {
  if (isText(name, 1, 128) && name.trim() === name) return;
  throw new StationError("USAGE", "A name has 1 to 128 bytes, no control characters and no blanks around it.", {
    details: { place: "name" },
  });
}

function signInNeeded(): StationError {
  return new StationError(
    "OPERATOR_SIGN_IN_NEEDED",
    "This station has accounts and nobody is signed in. Sign in with badge and PIN.",
  );
}
