import { type CallName, type CallOutput, type FeedSnapshot, calls } from "#shared/ipc/contract.ts";
import type { FakeHandler } from "./fake-desk.ts";
import { FakeRefusal } from "./fake-refusal.ts";

type Session = FeedSnapshot<"session">;
type Operator = CallOutput<"operators.list">[number];
type Approval = FeedSnapshot<"approvals">[number];
type PeopleCall = Extract<
  CallName,
  `session.${string}` | `operators.${string}` | `approvals.${string}` | `allotments.${string}`
>;

/** `none`: no account exists. Else the role that is signed in, or that nobody is. */
export type FakePeople = "none" | "signed-out" | Operator["role"];

/** Every account's PIN but where a test sets another. */
const fakePin = "284615";

const accounts: readonly Operator[] = [
  fakeOperator("o1", "NW-1007", "Renate Vogel", "administrator"),
  fakeOperator("o2", "NW-1042", "Jonas Albrecht", "operator"),
  fakeOperator("o3", "NW-1043", "Miriam Sandoval-Kretschmer", "supervisor"),
  fakeOperator("o4", "NW-2001", "Pia Lindqvist", "auditor"),
  { ...fakeOperator("o5", "NW-0933", "Tom Ritter", "operator"), active: false },
];

const operatorCalls = new Set<string>(["batch.start", "batch.retry-failed", "single.issue", "carry.deliver"]);

/** Operators, the session, approvals and work orders of a fake engine. */
export function createFakePeople(start: {
  readonly people: FakePeople;
  readonly now: number;
  readonly waiting?: boolean;
}) {
  const at = (ms: number) => new Date(start.now + ms).toISOString().replace(/\.\d{3}/, "");
  const hasAccounts = start.people !== "none";
  let operators: Operator[] = hasAccounts ? [...accounts] : [];
  let current: Operator | null = operators.find((each) => each.role === start.people) ?? null;
  let wrong = 0;
  let made = 0;
  const pins = new Map<string, string>();
  let policy: CallOutput<"operators.policy"> = {
    approvals: ["conflict-override", "key-rotation", "licence-recovery", "deactivation"],
    lockAfterMinutes: 10,
    needAllotment: false,
  };
  let approvals: Approval[] = hasAccounts
    ? [
        {
          id: "a1",
          subject: "large-drive",
          summary: "LINE-A: 256 GB, more than the 64 GB that are usual. Needed for the archive server.",
          askedBy: "Jonas Albrecht",
          askedAt: at(-240_000),
          state: "waiting",
          decidedBy: null,
        },
      ]
    : [];
  let allotments: CallOutput<"allotments.list"> = hasAccounts
    ? [
        {
          id: "w1",
          workOrder: "WO-4711",
          product: "acme-gateway",
          count: 500,
          used: 212,
          maxTtlDays: 180,
          from: "2026-11-01T00:00:00Z",
          to: "2026-12-01T00:00:00Z",
          signedBy: "Miriam Sandoval-Kretschmer",
        },
        {
          id: "w2",
          workOrder: "WO-4698",
          product: "acme-scanner",
          count: 40,
          used: 40,
          maxTtlDays: 90,
          from: "2026-10-01T00:00:00Z",
          to: "2026-11-01T00:00:00Z",
          signedBy: "Miriam Sandoval-Kretschmer",
        },
      ]
    : [];
  const session = (): Session => ({
    accounts: operators.length > 0,
    operator: current,
    allowed: current === null ? [] : allowedFor(current.role),
    lockAfterMinutes: policy.lockAfterMinutes,
  });
  const who = (badge: string, secret: string): Operator => {
    const operator = operators.find((each) => each.badge === badge && each.active);
    if (operator !== undefined && (pins.get(operator.id) ?? fakePin) === secret) {
      wrong = 0;
      return operator;
    }
    wrong += 1;
    if (wrong >= 3)
      throw new FakeRefusal("OPERATOR_LOCKED_OUT", { until: new Date(Date.now() + 90_000).toISOString() });
    throw new FakeRefusal("OPERATOR_UNKNOWN");
  };
  const handlers: { readonly [N in PeopleCall]: FakeHandler<N> } = {
    "session.get": session,
    "session.sign-in": ({ badge, secret }) => {
      current = who(badge, secret);
      return session();
    },
    "session.sign-out": () => {
      current = null;
      return session();
    },
    "session.touch": session,
    "operators.list": () => operators,
    "operators.add": ({ badge, name, role, secret }) => {
      made += 1;
      const operator = fakeOperator(`new-${made}`, badge, name, operators.length === 0 ? "administrator" : role);
      pins.set(operator.id, secret);
      operators = [...operators, operator];
      return operators;
    },
    "operators.change": ({ id, ...change }) =>
      (operators = operators.map((each) => (each.id === id ? { ...each, ...change } : each))),
    "operators.set-pin": ({ id, secret }) => {
      pins.set(id, secret);
      return operators;
    },
    "operators.policy": (change) => {
      policy = {
        approvals: change.approvals ?? policy.approvals,
        lockAfterMinutes: change.lockAfterMinutes ?? policy.lockAfterMinutes,
        needAllotment: change.needAllotment ?? policy.needAllotment,
      };
      return policy;
    },
    "approvals.list": () => approvals,
    "approvals.ask": ({ subject, reason }) => {
      made += 1;
      const approval: Approval = {
        id: `a-new-${made}`,
        subject,
        summary: reason,
        askedBy: current?.name ?? "R. Vogel",
        askedAt: at(0),
        state: "waiting",
        decidedBy: null,
      };
      approvals = [...approvals, approval];
      return approval;
    },
    "approvals.decide": ({ id, badge, secret, approve }) => {
      const second = who(badge, secret);
      if (second.role !== "supervisor" && second.role !== "administrator")
        throw new FakeRefusal("OPERATOR_NOT_ALLOWED");
      const asked = approvals.find((each) => each.id === id);
      if (asked === undefined) throw new FakeRefusal("USAGE");
      const decided: Approval = { ...asked, state: approve ? "approved" : "refused", decidedBy: second.name };
      approvals = approvals.map((each) => (each.id === id ? decided : each));
      return decided;
    },
    "allotments.list": () => allotments,
    "allotments.sign": (order) => {
      made += 1;
      allotments = [{ ...order, id: `w-new-${made}`, used: 0, signedBy: current?.name ?? "R. Vogel" }, ...allotments];
      return allotments;
    },
  };
  return {
    handlers,
    session,
    approvals: () => approvals,
    isApproved: (subject: Approval["subject"]) =>
      approvals.some((each) => each.subject === subject && each.state === "approved"),
    /** What auto-lock does when nobody has touched anything. */
    lock: () => {
      current = null;
    },
    needsApproval: (subject: Approval["subject"]) => current !== null && policy.approvals.includes(subject),
  };
}

function fakeOperator(id: string, badge: string, name: string, role: Operator["role"]): Operator {
  const keySha256 = `${id.charCodeAt(1).toString(16)}9c1b5ad07c5f42d1`.repeat(5).slice(0, 64);
  return { id, badge, name, role, active: true, keySha256, lockedUntil: null };
}

function allowedFor(role: Operator["role"]): string[] {
  const all = Object.keys(calls);
  if (role === "administrator" || role === "supervisor") return all;
  const managing = /^(operators|allotments\.sign|licence\.|settings\.(update|set)|licenses\.(add|remove)|policies\.)/;
  const plain = all.filter((name) => !managing.test(name) || name === "licence.get");
  return role === "operator" ? plain : plain.filter((name) => !operatorCalls.has(name));
}
