import { StationError } from "#shared/domain/errors.ts";
import type { Operators } from "../authority/operators/operators.ts";
import { firstRules, type OperatorRules } from "../authority/operators/rules.ts";
import type { Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Desk } from "./desk.ts";
import { allotmentViews, approvalViewOf, approvalViews, operatorViewOf, sessionViewOf } from "./operator-views.ts";

type OperatorCalls = Extract<keyof Handlers, `${"session" | "operators" | "approvals" | "allotments"}.${string}`>;

export function operatorHandlers(desk: Desk, clock: Clock): Pick<Handlers, OperatorCalls> {
  const session = (operators: Operators | null) => {
    desk.changes.raise();
    return sessionViewOf(operators);
  };
  const listed = (operators: Operators) => operators.list().map((account) => operatorViewOf(operators, account));
  return {
    "session.get": async () => sessionViewOf(await desk.operators()),
    "session.sign-in": async ({ badge, secret }) => {
      const operators = await inUse(desk);
      await operators.signIn(badge, secret);
      return session(operators);
    },
    "session.sign-out": async () => {
      const operators = await desk.operators();
      operators?.signOut();
      return session(operators);
    },
    "session.touch": async () => {
      const operators = await desk.operators();
      operators?.touch();
      return sessionViewOf(operators);
    },
    "operators.list": async () => {
      const operators = await desk.operators();
      return operators === null ? [] : listed(operators);
    },
    "operators.add": async ({ badge, name, role, secret }) => {
      const operators = await desk.openOperators();
      await operators.add({ badge, name, role, pin: secret });
      return listed(operators);
    },
    "operators.change": async ({ id, name, role, active }) => {
      const operators = await inUse(desk);
      operators.change(id, { name, role, active });
      return listed(operators);
    },
    "operators.set-pin": async ({ id, secret }) => {
      const operators = await inUse(desk);
      await operators.setPin(id, secret);
      return listed(operators);
    },
    "operators.policy": async (changes) => {
      const operators = await desk.operators();
      return rulesView(operators === null ? refuseChanges(changes) : operators.setRules(changes));
    },
    "approvals.list": async () => approvalViews(await desk.operators(), clock.now()),
    "approvals.ask": async ({ subject, reference, reason }) => {
      const operators = await inUse(desk);
      return approvalViewOf(operators, operators.approvals.ask(subject, reference, reason), clock.now());
    },
    "approvals.decide": async ({ id, badge, secret, approve }) => {
      const operators = await inUse(desk);
      return approvalViewOf(operators, await operators.approvals.decide(id, badge, secret, approve), clock.now());
    },
    "allotments.list": async () => {
      const operators = await desk.operators();
      const engine = desk.real()?.engine;
      return operators === null || engine === undefined ? [] : allotmentViews(operators, engine.ledger);
    },
    "allotments.sign": async (order) => {
      const operators = await inUse(desk);
      operators.workOrders.allot(order);
      const engine = desk.real()?.engine;
      return engine === undefined ? [] : allotmentViews(operators, engine.ledger);
    },
  };
}

/** @throws StationError USAGE while there is no account */
async function inUse(desk: Desk): Promise<Operators> {
  const operators = await desk.operators();
  if (operators?.inUse === true) return operators;
  throw new StationError("USAGE", "This station has no accounts yet. Add the first one, its administrator.");
}

function refuseChanges(changes: Readonly<Record<string, unknown>>): OperatorRules {
  if (Object.values(changes).every((value) => value === null)) return firstRules;
  throw new StationError("USAGE", "There are no accounts yet. Add the first one.");
}

function rulesView({ approvals, lockAfterMinutes, needAllotment }: OperatorRules) {
  return { approvals: [...approvals], lockAfterMinutes, needAllotment };
}
