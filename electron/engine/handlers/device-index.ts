import { setImmediate as turn } from "node:timers/promises";
import type { Ledger } from "../ledger/ledger.ts";
import type { DeviceHit } from "./ledger-reads.ts";

export interface DeviceIndex {
  /** `query` is part of a name, serial, fingerprint or its hash, whatever the case; empty: every device. */
  search(query: string, offset: number, limit: number): Promise<{ total: number; rows: DeviceHit[] }>;
  expiringMonths(now: Date): Promise<ReadonlyMap<string, number>>;
}

const entriesATurn = 512;

/** Every device the ledger speaks of, kept in memory and brought up to date whenever it is asked. */
export function createDeviceIndex(ledger: Ledger): DeviceIndex {
  const devices = new Map<string, DeviceHit>();
  let through = 0;
  let reading: Promise<void> | null = null;

  const readOn = async () => {
    while (through < ledger.size) {
      const to = Math.min(through + entriesATurn, ledger.size);
      for (const { entry } of ledger.entries({ from: through, to })) {
        if (entry.type === "activation.intended") {
          const { fingerprint_sha256, fingerprint, device_name, serial } = entry;
          const known = devices.get(fingerprint_sha256) ?? unknownDevice(fingerprint_sha256);
          devices.set(fingerprint_sha256, {
            ...known,
            fingerprint,
            name: device_name ?? known.name,
            serial: serial ?? known.serial,
          });
        } else if (entry.type === "machine-file.issued") {
          const { fingerprint_sha256, issued_at, expires_at } = entry;
          const known = devices.get(fingerprint_sha256) ?? unknownDevice(fingerprint_sha256);
          devices.set(fingerprint_sha256, {
            ...known,
            lastIssuedAt: issued_at,
            expiresAt: expires_at,
            files: known.files + 1,
          });
        }
      }
      through = to;
      await turn();
    }
  };
  const upToDate = async () => {
    reading ??= readOn().finally(() => {
      reading = null;
    });
    await reading;
  };

  return {
    search: async (query, offset, limit) => {
      await upToDate();
      const wanted = query.trim().toLowerCase();
      const hits = [...devices.values()].filter((device) => wanted === "" || holds(device, wanted)).sort(newestFirst);
      return { total: hits.length, rows: hits.slice(offset, offset + limit) };
    },
    expiringMonths: async (now) => {
      await upToDate();
      const today = now.toISOString();
      const months = new Map<string, number>();
      for (const { expiresAt } of devices.values()) {
        if (expiresAt === null || expiresAt < today) continue;
        const month = expiresAt.slice(0, 7);
        months.set(month, (months.get(month) ?? 0) + 1);
      }
      return months;
    },
  };
}

function unknownDevice(fingerprintSha256: string): DeviceHit {
  return {
    fingerprintSha256,
    fingerprint: null,
    name: null,
    serial: null,
    lastIssuedAt: null,
    expiresAt: null,
    files: 0,
  };
}

function holds({ name, serial, fingerprint, fingerprintSha256 }: DeviceHit, wanted: string): boolean {
  return [name, serial, fingerprint, fingerprintSha256].some((text) => text?.toLowerCase().includes(wanted));
}

/** RFC 3339 in one zone sorts as text; devices without a file come last. */
function newestFirst(a: DeviceHit, b: DeviceHit): number {
  const [first, second] = [a.lastIssuedAt ?? "", b.lastIssuedAt ?? ""];
  return first < second ? 1 : first > second ? -1 : 0;
}
