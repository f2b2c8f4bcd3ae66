import { join } from "node:path";
import { openLicenceStore } from "../../electron/engine/authority/licence-store.ts";
import { createSpendGate } from "../../electron/engine/authority/spend-gate.ts";
import { openAuthority } from "../../electron/engine/authority/station-authority.ts";
import { type Ledger, openLedger } from "../../electron/engine/ledger/ledger.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";
import { created, deviceNames, ledgerKey, origin, sha, wholeBatch } from "../fixtures/ledger-world.ts";
import { testVendor, unlimited } from "../fixtures/station-licence.ts";
import { median, type Row } from "./row.ts";

const entries = 1_000_000;
const aimMs = 1;

/** What asking the gate costs before a batch, in a ledger of a million entries all of whose devices count today. */
export async function quotaRows(base: string): Promise<readonly Row[]> {
  const clock = systemClock;
  const signer = { key: ledgerKey, sign: exampleSigner.sign };
  const ledger = await openLedger({ path: join(base, "quota.db"), origin, signer, clock, create: created });
  try {
    const kept = new Map<string, string>();
    const claims = { ...unlimited, daily_quota: 900_000, max_devices: 900_000 };
    const authority = await openAuthority({
      store: openLicenceStore(base, {
        put: (name, value) => void kept.set(name, value),
        get: (name) => kept.get(name) ?? null,
        delete: (name) => void kept.delete(name),
      }),
      ledger,
      clock,
      vendorKeys: () => testVendor.keys,
      stationKeys: () => [],
      environment: testVendor.token(claims),
      readOnly: () => null,
    });
    const { admit } = createSpendGate(authority, () => ledger.provisionings);
    grow(ledger);
    const times: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const device = sha(`another ${i}`);
      const began = performance.now();
      admit([device]);
      times.push(performance.now() - began);
    }
    const ms = median(times);
    const counted = ledger.provisionings.countAfter(clock.now().getTime() - 86_400_000);
    return [
      {
        name: `q  quota check at ${ledger.size.toLocaleString("en")} entries, ${counted.toLocaleString("en")} counted`,
        measured: `${ms.toFixed(3)} ms`,
        against: `${aimMs} ms`,
        ratio: ms / aimMs,
        aim: "≤ 1",
      },
    ];
  } finally {
    ledger.close();
  }
}

function grow(ledger: Ledger): void {
  for (let i = 0; ledger.size < entries; i++) {
    const id = `batch-${String(i).padStart(6, "0")}`;
    ledger.append(wholeBatch(id, deviceNames(1000, `q${i}`)));
  }
}
