import { hash } from "node:crypto";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { openLedger } from "../../electron/engine/ledger/ledger.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";
import { created, finished, intended, issued, ledgerKey, origin, recorded, started } from "../fixtures/ledger-world.ts";

const devicesABatch = 166;

/** What a station leaves behind in years: batches of 166 devices, one an hour, every device of its own. */
export async function growYears(path: string, entries: number): Promise<{ readonly newest: Date }> {
  const clock = fakeClock();
  const ledger = await openLedger({
    path,
    origin,
    signer: { key: ledgerKey, sign: exampleSigner.sign },
    clock,
    create: created,
  });
  for (let batch = 0; ledger.size < entries; batch++) {
    await clock.advance(hourMs);
    const now = clock.now();
    ledger.append(batchOf(`batch-${String(batch).padStart(6, "0")}`, batch * devicesABatch, now));
  }
  ledger.close();
  return { newest: clock.now() };
}

function batchOf(batch: string, first: number, now: Date): LedgerEntryBody[] {
  const names = Array.from({ length: devicesABatch }, (_, i) => `machine-${first + i}`);
  const times = { issued_at: now.toISOString(), expires_at: new Date(now.getTime() + 180 * 24 * hourMs).toISOString() };
  return [
    started(batch),
    ...names.map((name) => intended(batch, name)),
    ...names.flatMap((name) => [
      recorded(batch, name),
      { ...issued(batch, name), ...times, file_sha256: hash("sha256", `${batch} ${name}`) },
    ]),
    { type: "delivery.committed", ...delivery, batch, files: devicesABatch, bytes: 400_000 },
    { ...finished(batch), delivered: devicesABatch },
  ];
}

const delivery = {
  stick: { folder: null, volume_uuid: "1234-ABCD", usb_serial: "S1", size_bytes: 8e9, file_system: "vfat" },
  folder: "PROVISIONING/batch",
  manifest_sha256: "ab".repeat(32),
  sums_sha256: "cd".repeat(32),
  read_back: "direct",
} as const;

const hourMs = 3_600_000;
