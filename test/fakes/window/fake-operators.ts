import type { CallName, CallOutput } from "#shared/ipc/contract.ts";
import { calls } from "#shared/ipc/contract.ts";
import type { FakeHandler } from "./fake-desk.ts";

type Calls = Extract<CallName, `${"session" | "operators" | "approvals" | "allotments"}.${string}`>;
type Operator = CallOutput<"operators.list">[number];
type Approval = CallOutput<"approvals.list">[number];

/** Accounts, approvals and work orders in memory; any PIN but "wrong-pin" opens any account. */
export function createFakeOperators(options: {
  readonly instant: () => string;
  readonly refuse: (code: "OPERATOR_UNKNOWN" | "APPROVAL_CLOSED") => never;
}): {
  readonly handlers: { readonly [N in Calls]: FakeHandler<N> };
  readonly session: () => CallOutput<"session.get">;
  readonly approvals: () => CallOutput<"approvals.list">;
} {
  let operators: Operator[] = [];
  let signedIn: string | null = null;
  let approvals: Approval[] = [];
  let allotments: CallOutput<"allotments.list"> = [];
  let policy: CallOutput<"operators.policy"> = {
    approvals: ["conflict-override"],
    lockAfterMinutes: 10,
    needAllotment: false,
  };
  const session = () => ({
    accounts: operators.length > 0,
    operator: operators.find(({ id }) => id === signedIn) ?? null,
    allowed: operators.length > 0 && signedIn === null ? ["session.get", "session.sign-in"] : Object.keys(calls),
    lockAfterMinutes: policy.lockAfterMinutes,
  });
  const prove = (badge: string, secret: string): Operator => {
    const found = operators.find((one) => one.badge === badge && one.active);
    return found === undefined || secret === "wrong-pin" ? options.refuse("OPERATOR_UNKNOWN") : found;
  };
  return {
    session,
    approvals: () => approvals,
    handlers: {
      "session.get": session,
      "session.sign-in": ({ badge, secret }) => {
        signedIn = prove(badge, secret).id;
        return session();
      },
      "session.sign-out": () => {
        signedIn = null;
        return session();
      },
      "session.touch": session,
      "operators.list": () => operators,
      "operators.add": ({ badge, name, role }) => {
        const isFirst = operators.length === 0;
        const id = `op-${String(operators.length + 1).padStart(16, "0")}`;
        const account = { id, badge, name, active: true, keySha256: id.slice(3).repeat(4), lockedUntil: null };
        operators = [...operators, { ...account, role: isFirst ? "administrator" : role }];
        if (isFirst) signedIn = id;
        return operators;
      },
      "operators.change": ({ id, ...to }) =>
        (operators = operators.map((one) => (one.id === id ? { ...one, ...to } : one))),
      "operators.set-pin": () => operators,
      "operators.policy": (changes) => {
        policy = {
          approvals: changes.approvals ?? policy.approvals,
          lockAfterMinutes: changes.lockAfterMinutes ?? policy.lockAfterMinutes,
          needAllotment: changes.needAllotment ?? policy.needAllotment,
        };
        return policy;
      },
      "approvals.list": () => approvals,
      "approvals.ask": ({ subject, reason: summary }) => {
        const id = `ap-${String(approvals.length + 1).padStart(16, "0")}`;
        const askedBy = session().operator?.name ?? "";
        const asked: Approval = {
          id,
          subject,
          summary,
          askedBy,
          askedAt: options.instant(),
          state: "waiting",
          decidedBy: null,
        };
        approvals = [asked, ...approvals];
        return asked;
      },
      "approvals.decide": ({ id, badge, secret, approve }) => {
        const decidedBy = prove(badge, secret).name;
        const waiting = approvals.find((one) => one.id === id && one.state === "waiting");
        if (waiting === undefined) return options.refuse("APPROVAL_CLOSED");
        const decided: Approval = { ...waiting, state: approve ? "approved" : "refused", decidedBy };
        approvals = approvals.map((one) => (one.id === id ? decided : one));
        return decided;
      },
      "allotments.list": () => allotments,
      "allotments.sign": (order) => {
        const id = `al-${String(allotments.length + 1).padStart(16, "0")}`;
        return (allotments = [{ ...order, id, used: 0, signedBy: session().operator?.name ?? "" }, ...allotments]);
      },
    },
  };
}
