import type { CallOutput, FeedSnapshot } from "#shared/ipc/contract.ts";
import type { FakeStick } from "./fake-sticks.ts";

/** What the check finds on a stick: as much trouble as the stick says it has. */
export function fakePreflight(stick: FakeStick, licence: FeedSnapshot<"licence">): CallOutput<"batch.preflight"> {
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
    estimatedSeconds: Math.max(3, stick.requests / 12),
    allowance: allowanceOf(licence, stick.requests),
    problem: null,
  };
}

function allowanceOf(
  { quota, writes, state }: FeedSnapshot<"licence">,
  devices: number,
): CallOutput<"batch.preflight">["allowance"] {
  if (!writes && state !== "active") {
    const problem = {
      code: "LICENCE_READ_ONLY" as const,
      message: "The licence does not let anything be provisioned.",
    };
    return { limit: quota.limit, left: 0, wouldGet: 0, problem };
  }
  if (quota.limit === null) return { limit: null, left: null, wouldGet: null, problem: null };
  const left = Math.max(0, quota.limit - quota.last24Hours);
  const problem = { code: "STATION_QUOTA_REACHED" as const, message: "The quota does not reach for all of them." };
  return { limit: quota.limit, left, wouldGet: Math.min(left, devices), problem: left >= devices ? null : problem };
}
