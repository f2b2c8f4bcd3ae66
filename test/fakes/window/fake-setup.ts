import type { CallOutput } from "#shared/ipc/contract.ts";

type Settings = CallOutput<"settings.get">;

export function fakeSettings(part: Partial<Settings>): Settings {
  return {
    stationName: "Plant 2, bench 4",
    operator: "R. Vogel",
    apiUrl: "https://licences.example.com/api/v1",
    proxy: "",
    caPem: "",
    concurrency: 16,
    language: "en",
    theme: "system",
    profile: "field",
    sounds: false,
    slots: 4,
    rehearsal: false,
    setUp: true,
    apiKeySet: true,
    custody: "os",
    keyFingerprints: {
      ledger: "fe14010b4fe83303852f0467c919ef9a7ca089b91e96e3aad7d426dd87079297",
      manifest: "05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f",
      minisign: "6b93b933b8287a65a1cc7f078fb12dc8bfab34cc8d026c36aea22b3b776395b7",
    },
    version: "0.1.0",
    ...part,
  };
}

export const fakePolicies: CallOutput<"policies.list"> = [
  { id: "consumer", label: "Consumer device", ttlDays: 30, graceDays: 7, preset: true },
  { id: "field", label: "Field equipment", ttlDays: 180, graceDays: 14, preset: true },
  { id: "air-gapped", label: "Air-gapped plant", ttlDays: 365, graceDays: 30, preset: true },
  { id: "own-1", label: "Trade fair loan", ttlDays: 21, graceDays: 0, preset: false },
];

export const fakeLicenses: CallOutput<"licenses.list"> = [
  {
    id: "l1",
    label: "Main contract",
    product: "acme-gateway",
    last4: "7K2M",
    pool: "Plant 2",
    state: "active",
    seatLimit: 2000,
    activeSeats: 1388,
    expiresAt: "2027-03-31T00:00:00Z",
    checkedAt: "2026-11-22T08:02:00Z",
  },
  {
    id: "l2",
    label: "Addendum 2026",
    product: "acme-gateway",
    last4: "Q9ZD",
    pool: "Plant 2",
    state: "active",
    seatLimit: 500,
    activeSeats: 112,
    expiresAt: null,
    checkedAt: "2026-11-22T08:02:00Z",
  },
  {
    id: "l3",
    label: "Service vans",
    product: "acme-scanner",
    last4: "0F31",
    pool: "Vans",
    state: "active",
    seatLimit: 40,
    activeSeats: 39,
    expiresAt: "2026-12-31T00:00:00Z",
    checkedAt: "2026-11-21T17:40:00Z",
  },
  {
    id: "l4",
    label: "Old trial",
    product: "acme-scanner",
    last4: "TT08",
    pool: "Trials",
    state: "expired",
    seatLimit: 5,
    activeSeats: 5,
    expiresAt: "2026-09-30T00:00:00Z",
    checkedAt: "2026-11-20T10:00:00Z",
  },
];

export const fakeCertificate = [
  "-----BEGIN MACHINE FILE-----",
  ...Array.from({ length: 40 }, (_, line) =>
    Array.from(
      { length: 64 },
      (_, at) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(line * 13 + at * 7) % 64],
    ).join(""),
  ),
  "-----END MACHINE FILE-----",
].join("\n");

export const fakeStats: CallOutput<"stats.summary"> = {
  throughput: Array.from({ length: 42 }, (_, minute) => ({
    at: new Date(Date.parse("2026-11-22T08:00:00Z") + minute * 60_000).toISOString(),
    issued: minute % 9 === 8 ? 0 : 40 + ((minute * 37) % 61),
    failed: minute % 13 === 5 ? 6 : 0,
  })),
  pools: [
    { pool: "Plant 2", seatLimit: 2500, activeSeats: 1500 },
    { pool: "Vans", seatLimit: 40, activeSeats: 39 },
  ],
  expiring: [
    "2026-11",
    "2026-12",
    "2027-01",
    "2027-02",
    "2027-03",
    "2027-04",
    "2027-05",
    "2027-06",
    "2027-07",
    "2027-08",
    "2027-09",
    "2027-10",
  ].map((month, index) => ({ month, files: [4, 61, 38, 12, 208, 96, 420, 15, 0, 33, 7, 12][index] ?? 0 })),
};
