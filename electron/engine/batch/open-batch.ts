import { isSameStick } from "#shared/domain/drive.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type StickPlace, stickIdentityOf } from "./stick-place.ts";

/** Unfinished batches that belong to this very stick, oldest first. */
export function openBatchesOn(ledger: Ledger, place: Pick<StickPlace, "identity">): readonly string[] {
  return ledger
    .openBatches()
    .filter(({ stick }) => isSameStick(stickIdentityOf(stick), place.identity))
    .map(({ batch }) => batch);
}
