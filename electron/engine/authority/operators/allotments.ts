import type { Failure } from "#shared/domain/errors.ts";
import type { LedgerEntry } from "#shared/domain/ledger-entry.ts";

/** What a supervisor has signed for this station: so many devices of one product under one work order. */
export interface Allotment {
  readonly id: string;
  readonly workOrder: string;
  readonly product: string;
  readonly count: number;
  readonly maxTtlDays: number;
  readonly from: Date;
  readonly to: Date;
  readonly signedBy: string;
}

export function allotmentOf(entry: Extract<LedgerEntry, { type: "work-order.allotted" }>): Allotment {
  return {
    id: entry.allotment,
    workOrder: entry.work_order,
    product: entry.product,
    count: entry.count,
    maxTtlDays: entry.max_ttl_days,
    from: new Date(entry.from),
    to: new Date(entry.to),
    signedBy: entry.by ?? "",
  };
}

/** A batch as an allotment sees it. */
export interface AllottedWork {
  readonly workOrder: string | null;
  readonly product: string;
  readonly ttlDays: number;
  /** Devices that would be added to those already provided for. */
  readonly count: number;
  /** Devices that have a file under this work order and product, or are being worked on. */
  readonly alreadyUsed: number;
  readonly now: Date;
}

/** Null: it may begin. The newest allotment of an order and product is the one that counts. */
export type AllotmentGate = (work: AllottedWork) => Failure | null;

export function allotmentGate(allotments: readonly Allotment[], isNeeded: boolean): AllotmentGate {
  return ({ workOrder, product, ttlDays, count, alreadyUsed, now }) => {
    const allotment = allotments.findLast((one) => one.workOrder === workOrder && one.product === product);
    if (allotment === undefined) {
      if (!isNeeded) return null;
      const message = "No supervisor has signed this work order for this product. Have it signed first.";
      return { code: "ALLOTMENT_MISSING", message };
    }
    if (now < allotment.from || now >= allotment.to) {
      const message = `The work order is valid from ${allotment.from.toISOString()} until ${allotment.to.toISOString()}. Have it signed anew.`;
      return { code: "ALLOTMENT_TIME", message };
    }
    if (ttlDays > allotment.maxTtlDays) {
      const message = `The work order allows ${allotment.maxTtlDays} days at most. Choose another policy, or have it signed anew.`;
      return { code: "ALLOTMENT_TTL", message, details: { most: allotment.maxTtlDays } };
    }
    const left = Math.max(0, allotment.count - alreadyUsed);
    if (count <= left) return null;
    const message = `The work order has ${left} of ${allotment.count} devices left, and ${count} are asked for. Bring fewer, or have it signed anew.`;
    return { code: "ALLOTMENT_EXHAUSTED", message, details: { left, asked: count } };
  };
}
