import type { CallOutput } from "#shared/ipc/contract.ts";
import type { FakeStick } from "./fake-sticks.ts";

/** What the check finds on a stick: as much trouble as the stick says it has. */
export function fakePreflight(stick: FakeStick): CallOutput<"batch.preflight"> {
  const rejected = [
    { path: "EXPORT/oven-0009.fingerprint.txt", line: null, code: "FINGERPRINT_LENGTH" as const, message: "5 bytes" },
    {
      path: "EXPORT/notes.fingerprint.json",
      line: null,
      code: "REQUEST_DUPLICATE_MEMBER" as const,
      message: "fingerprint twice",
    },
    { path: "fingerprints.csv", line: 118, code: "REQUEST_FORMULA" as const, message: "a formula" },
  ];
  const conflict = {
    kind: "two-names" as const,
    subject: "9f2c4c1d0a6b7e8f9f2c4c1d0a6b7e8f9f2c4c1d0a6b7e8f9f2c4c1d0a6b7e8f",
    values: ["mixer-north", "mixer-nord"],
    paths: ["EXPORT/mixer.fingerprint.txt", "fingerprints.csv"],
  };
  return {
    stickId: stick.id,
    found: stick.requests,
    files: Math.max(1, Math.ceil(stick.requests / 8)),
    duplicates: stick.conflicts > 0 ? 4 : 0,
    rejected: rejected.slice(0, stick.refused),
    conflicts: stick.conflicts > 0 ? [conflict] : [],
    renewals: stick.alreadyProvisioned,
    onServer: stick.alreadyProvisioned,
    seatsNeeded: stick.requests - stick.alreadyProvisioned,
    seatsLeft: 1000,
    licenses: [
      {
        last4: "7K2M",
        state: "active",
        seatLimit: 2000,
        activeSeats: 1388,
        expiresAt: "2027-03-31T00:00:00Z",
        problem: null,
      },
      { last4: "Q9ZD", state: "active", seatLimit: 500, activeSeats: 112, expiresAt: null, problem: null },
    ],
    policy: {
      ttlDays: 180,
      graceDays: 14,
      effectiveDays: 128.6,
      warnings: ["slow-revocation", "license-ends-first"],
    },
    bytesNeeded: stick.requests * 5200 + 40_000,
    bytesFree: stick.freeBytes,
    allowance: { limit: 200, left: 180, wouldGet: stick.requests, problem: null },
    estimatedSeconds: Math.max(3, stick.requests / 12),
    problem: null,
  };
}
