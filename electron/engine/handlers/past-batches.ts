import { StationError } from "#shared/domain/errors.ts";
import type { BatchState } from "../batch/batch-state.ts";
import { deliveryNames } from "../delivery/file-names.ts";
import { certificateSuffix } from "../delivery/layout.ts";
import { type BatchView, viewOf } from "./batch-run.ts";
import type { LedgerReads } from "./ledger-reads.ts";

/**
 * Batches that nobody has worked on in this session, as the ledger tells them. This process is the only one that
 * writes, so what was once added up stays true.
 */
export interface PastBatches {
  /** @throws StationError USAGE for a batch that the ledger does not know */
  state(batch: string): BatchState;
  /** @throws as above */
  view(batch: string): BatchView;
}

/** Whole states are large; views are not. */
const mostStates = 4;

export function createPastBatches(ledger: LedgerReads): PastBatches {
  const states = new Map<string, BatchState>();
  const views = new Map<string, BatchView>();
  const read = (batch: string): BatchState | null => {
    const found = ledger.batch(batch);
    if (found !== null) nameFiles(found);
    return found;
  };
  const state = (batch: string): BatchState => {
    const found = states.get(batch) ?? read(batch);
    if (found === null) throw new StationError("USAGE", "The ledger knows no such batch. Look at the list again.");
    states.delete(batch);
    states.set(batch, found);
    const [oldest] = states.keys();
    if (states.size > mostStates && oldest !== undefined) states.delete(oldest);
    return found;
  };
  return {
    state,
    view: (batch) => {
      const known = views.get(batch);
      if (known !== undefined) return known;
      const found = state(batch);
      const { folder, volume_uuid } = found.started.stick;
      const made = viewOf(found, { stickId: null, stickLabel: folder?.split(/[\\/]/).at(-1) ?? volume_uuid ?? "" });
      views.set(batch, made);
      return made;
    },
  };
}

/** Which file a device got follows from who got one: the names are a function of that set (DELIVERY.md, "Names"). */
function nameFiles({ devices, committed }: BatchState): void {
  if (committed === null) return;
  const delivered = [...devices.values()].filter(({ status }) => status === "delivered");
  const names = deliveryNames(
    delivered.map(({ intent }) => ({ deviceName: intent.device_name, fingerprintSha256: intent.fingerprint_sha256 })),
  );
  delivered.forEach((device, i) => {
    device.file = `${committed.folder}/${names[i]}${certificateSuffix}`;
  });
}
