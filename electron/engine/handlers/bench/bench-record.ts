import { setImmediate as turn } from "node:timers/promises";
import type { LedgerEntry } from "#shared/domain/ledger-entry.ts";
import { stickIdentityOf } from "../../batch/stick-place.ts";
import type { OwedStick } from "../../drives/armed-mode.ts";
import { type AskedDevice, nameKey, type PastIssue } from "../../drives/repeats.ts";
import { stickKey } from "../../drives/same-drive.ts";
import type { Ledger } from "../../ledger/ledger.ts";

/** What the ledger knows of devices and sticks that come again. */
export interface BenchRecord {
  /** Every earlier issue to these devices, and to others of the same names. */
  past(asked: readonly AskedDevice[]): Promise<readonly PastIssue[]>;
  /** Unfinished batches of this work order on sticks that will be known again. */
  owed(workOrder: string): readonly OwedStick[];
}

const entriesATurn = 512;

/** Kept in memory, and brought up to date whenever it is asked. */
export function createBenchRecord(ledger: Ledger): BenchRecord {
  const batches = new Map<string, PastBatch>();
  const byFingerprint = new Map<string, Issue[]>();
  const byName = new Map<string, Set<string>>();
  let through = 0;
  let reading: Promise<void> | null = null;

  const note = (entry: LedgerEntry): void => {
    if (entry.type === "batch.started") {
      const stick = stickKey(stickIdentityOf(entry.stick));
      batches.set(entry.batch, { workOrder: entry.work_order, stick, end: "open" });
    } else if (entry.type === "delivery.committed") patch(entry.batch, "delivered");
    else if (entry.type === "batch.abandoned" && batches.get(entry.batch)?.end === "open") patch(entry.batch, "void");
    else if (entry.type === "machine-file.issued") {
      const { fingerprint_sha256, file_sha256, device_name, batch } = entry;
      push(byFingerprint, fingerprint_sha256, { fileSha256: file_sha256, name: device_name, batch });
      const name = nameKey(device_name);
      if (name !== null) byName.set(name, (byName.get(name) ?? new Set()).add(fingerprint_sha256));
    }
  };
  const patch = (batch: string, end: PastBatch["end"]): void => {
    const known = batches.get(batch);
    if (known !== undefined) batches.set(batch, { ...known, end });
  };
  const readOn = async (): Promise<void> => {
    while (through < ledger.size) {
      const to = Math.min(through + entriesATurn, ledger.size);
      for (const { entry } of ledger.entries({ from: through, to })) note(entry);
      through = to;
      await turn();
    }
  };

  return {
    past: async (asked) => {
      reading ??= readOn().finally(() => {
        reading = null;
      });
      await reading;
      const fingerprints = new Set(asked.map(({ fingerprintSha256 }) => fingerprintSha256));
      for (const { deviceName } of asked)
        for (const other of byName.get(nameKey(deviceName) ?? "") ?? []) fingerprints.add(other);
      return [...fingerprints].flatMap((fingerprintSha256) =>
        (byFingerprint.get(fingerprintSha256) ?? []).flatMap(({ fileSha256, name, batch }): readonly PastIssue[] => {
          const { workOrder = null, stick = null, end } = batches.get(batch) ?? {};
          // Closed without a delivery: no device has that file.
          if (end === "void") return [];
          const at = { workOrder, stick: end === "delivered" ? stick : null };
          return [{ batch, fingerprintSha256, fileSha256, deviceName: name, ...at }];
        }),
      );
    },
    owed: (workOrder) =>
      ledger.openBatches().flatMap(({ work_order, stick, devices }): readonly OwedStick[] => {
        const key = stickKey(stickIdentityOf(stick));
        return work_order === workOrder && key !== null ? [{ stick: key, claimed: devices }] : [];
      }),
  };
}

interface PastBatch {
  readonly workOrder: string | null;
  readonly stick: string | null;
  readonly end: "open" | "delivered" | "void";
}

interface Issue {
  readonly fileSha256: string;
  readonly name: string | null;
  readonly batch: string;
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
