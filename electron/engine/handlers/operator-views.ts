import type { z } from "zod";
import type { allotmentView, approvalView, operatorView, sessionView } from "#shared/ipc/authority-contract.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import type { Account } from "../authority/operators/accounts.ts";
import { type Approval, stateOf } from "../authority/operators/approvals.ts";
import type { Operators } from "../authority/operators/operators.ts";
import { firstRules } from "../authority/operators/rules.ts";
import { allowedCalls } from "../authority/permissions.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { devicesUnder } from "../batch/allotted-devices.ts";

/** @param operators null: there is no home yet, and so nobody to sign in */
export function sessionViewOf(operators: Operators | null): z.infer<typeof sessionView> {
  const { lockAfterMinutes } = operators?.rules() ?? firstRules;
  if (operators?.inUse !== true) {
    return { accounts: false, operator: null, allowed: [...allowedCalls("anybody")], lockAfterMinutes };
  }
  const account = operators.current();
  const operator = account === null ? null : operatorViewOf(operators, account);
  return { accounts: true, operator, allowed: [...operators.allowed()], lockAfterMinutes };
}

export function operatorViewOf(operators: Operators, account: Account): z.infer<typeof operatorView> {
  const { id, name, role, active, publicKey, lockedUntil } = account;
  return {
    id,
    badge: operators.badgeOf(account) ?? "",
    name,
    role,
    active,
    keySha256: publicKeyFingerprint(publicKey),
    lockedUntil: lockedUntil?.toISOString() ?? null,
  };
}

export function approvalViewOf(operators: Operators, approval: Approval, now: Date): z.infer<typeof approvalView> {
  const { id, subject, reason, askedBy, askedAt, decidedBy } = approval;
  return {
    id,
    subject,
    summary: reason,
    askedBy: nameOf(operators, askedBy),
    askedAt,
    state: stateOf(approval, now),
    decidedBy: decidedBy === null ? null : nameOf(operators, decidedBy),
  };
}

/** Newest first, as many as a screen may want. */
export function approvalViews(operators: Operators | null, now: Date): z.infer<typeof approvalView>[] {
  if (operators === null) return [];
  return operators.approvals
    .list()
    .slice(0, mostShown)
    .map((approval) => approvalViewOf(operators, approval, now));
}

/** Newest first. */
export function allotmentViews(operators: Operators, ledger: Ledger): z.infer<typeof allotmentView>[] {
  return operators.workOrders
    .list()
    .slice(0, mostShown)
    .map(({ id, workOrder, product, count, maxTtlDays, from, to, signedBy }) => ({
      id,
      workOrder,
      product,
      count,
      used: devicesUnder(ledger, workOrder, product).size,
      maxTtlDays,
      from: from.toISOString(),
      to: to.toISOString(),
      signedBy: nameOf(operators, signedBy),
    }));
}

const mostShown = 200;

function nameOf(operators: Operators, id: string): string {
  return operators.list().find((account) => account.id === id)?.name ?? id;
}
