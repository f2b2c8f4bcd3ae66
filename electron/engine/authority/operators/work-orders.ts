import { StationError } from "#shared/domain/errors.ts";
import { isProductSlug, isText } from "#shared/domain/identifiers.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { SignatureMeaning } from "#shared/domain/operator.ts";
import { hex } from "#shared/formats/encoding.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import type { Random } from "../../platform/random.ts";
import type { Allotment } from "./allotments.ts";
import type { Book } from "./book.ts";

/** Work orders that a supervisor has signed for this station. */
export interface WorkOrders {
  /** Newest first. */
  list(): readonly Allotment[];
  /** @param order `from` and `to` are RFC 3339 in UTC @throws StationError USAGE, OPERATOR_SIGN_IN_NEEDED */
  allot(order: {
    readonly workOrder: string;
    readonly product: string;
    readonly count: number;
    readonly maxTtlDays: number;
    readonly from: string;
    readonly to: string;
  }): void;
}

export function createWorkOrders(parts: {
  readonly book: Book;
  readonly random: Random;
  readonly isInUse: () => boolean;
  readonly sign: (meaning: SignatureMeaning, bodies: readonly LedgerEntryBody[]) => readonly LedgerEntryBody[];
}): WorkOrders {
  const { book, random, sign } = parts;
  return {
    list: () => book.allotments.toReversed(),
    allot: ({ workOrder, product, count, maxTtlDays, from, to }) => {
      if (!parts.isInUse()) {
        throw new StationError(
          "OPERATOR_SIGN_IN_NEEDED",
          "A work order is signed by a supervisor, and this station has no accounts yet. Add the first one.",
        );
      }
      const [fromMs, toMs] = [parseInstant(from), parseInstant(to)];
      if (fromMs === null || toMs === null || fromMs >= toMs) {
        throw refused("A work order is valid from one instant until a later one, both with their zone.", "from");
      }
      if (!isText(workOrder, 1, 128)) throw refused("A work order has 1 to 128 bytes on one line.", "workOrder");
      if (!isProductSlug(product)) throw refused("A product is a slug of a-z, 0-9 and single hyphens.", "product");
      book.record(
        sign("allotted", [
          {
            type: "work-order.allotted",
            allotment: `al-${hex(random.bytes(8))}`,
            work_order: workOrder,
            product,
            count,
            max_ttl_days: maxTtlDays,
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
          },
        ]),
      );
    },
  };
}

function refused(message: string, place: string): StationError {
  return new StationError("USAGE", message, { details: { place } });
}
