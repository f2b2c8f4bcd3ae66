import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { CallInput, CallName, CallOutput, FeedSnapshot } from "#shared/ipc/contract.ts";

type AuditCall = Extract<CallName, `audit.${string}`>;
type AuditHandlers = { readonly [N in AuditCall]: (input: CallInput<N>) => CallOutput<N> };

const operators = ["R. Vogel", "J. Brandt", null];

/** Devices asked about in a second: slow enough to be looked at. */
const askedPerSecond = 2;
const neverCompared: FeedSnapshot<"comparison"> = {
  running: false,
  done: 0,
  total: 0,
  ended: null,
  problem: null,
  finishedAt: null,
};

export interface FakeAudit {
  readonly handlers: AuditHandlers;
  readonly comparison: () => FeedSnapshot<"comparison">;
  readonly advance: (ms: number) => void;
}

/** Answers as a station gives them after a year; a new one has none. */
export function createFakeAudit(isUsed: boolean, instant: () => string): FakeAudit {
  let comparison = neverCompared;
  let asked = 0;
  const answer = (
    columns: readonly string[],
    rows: CallOutput<"audit.devices">["rows"],
    total = rows.length,
  ): CallOutput<"audit.devices"> => ({
    columns: [...columns],
    rows: isUsed ? rows : [],
    total: isUsed ? total : 0,
  });
  const files = (count: number, total: number) =>
    answer(
      [
        "index",
        "at",
        "device_name",
        "serial",
        "fingerprint",
        "fingerprint_sha256",
        "file_sha256",
        "expires_at",
        "delivered",
        "operator",
        "work_order",
        "batch",
      ],
      Array.from({ length: count }, (_, i) => {
        const fingerprint = `fp-${sha256Hex(utf8(`device ${i}`)).slice(0, 20)}`;
        return [
          4 + i * 3,
          new Date(Date.parse("2026-11-03T06:44:00Z") + i * 61_000).toISOString(),
          i % 13 === 4 ? null : `line-${1 + (i % 4)}-press-${i}`,
          `SN-${4000 + i}`,
          fingerprint,
          sha256Hex(utf8(fingerprint)),
          sha256Hex(utf8(`file ${i}`)),
          new Date(Date.parse("2027-05-02T06:44:00Z") + i * 61_000).toISOString(),
          i % 17 !== 9,
          operators[i % 3] ?? null,
          i % 3 === 2 ? null : `WO-${118 + (i % 5)}`,
          `b-2026-${String(1 + Math.floor(i / 12)).padStart(4, "0")}`,
        ];
      }),
      total,
    );
  const reconciliation: NonNullable<CallOutput<"audit.reconciled">> = {
    seats: 384,
    agreeing: 380,
    unanswered: 0,
    total: 4,
    differences: [
      {
        kind: "seat-unlogged",
        deviceName: "lab-bench",
        fingerprintSha256: sha256Hex(utf8("a")),
        server: "act-91c2",
        ledger: null,
      },
      {
        kind: "seat-gone",
        deviceName: "line-2-press-7",
        fingerprintSha256: sha256Hex(utf8("b")),
        server: null,
        ledger: "act-77aa",
      },
      {
        kind: "name-differs",
        deviceName: "line-3-press-11",
        fingerprintSha256: sha256Hex(utf8("c")),
        server: "old-press-11",
        ledger: "line-3-press-11",
      },
      { kind: "seats-uncounted", deviceName: null, fingerprintSha256: null, server: "386", ledger: "384" },
    ],
  };
  const handlers: AuditHandlers = {
    "audit.devices": () => files(200, 5120),
    "audit.expiring": () => files(18, 18),
    "audit.device": ({ device }) =>
      answer(
        [
          "index",
          "at",
          "type",
          "device_name",
          "fingerprint_sha256",
          "batch",
          "operator",
          "work_order",
          "activation_id",
          "file_sha256",
          "expires_at",
          "code",
        ],
        [
          "batch.started",
          "activation.intended",
          "activation.recorded",
          "machine-file.issued",
          "delivery.committed",
          "batch.finished",
        ].map((type, i) => [
          1 + i * 4,
          new Date(Date.parse("2026-11-03T06:41:00Z") + i * 1000).toISOString(),
          type,
          i > 0 && i < 4 ? device : null,
          i > 0 && i < 4 ? sha256Hex(utf8(device)) : null,
          "b-2026-0001",
          i === 0 ? "R. Vogel" : null,
          i === 0 ? "WO-118" : null,
          i === 2 ? "act-77aa" : null,
          i === 3 ? sha256Hex(utf8("file")) : null,
          i === 3 ? "2027-05-02T06:41:00Z" : null,
          null,
        ]),
      ),
    "audit.overrides": () =>
      answer(
        ["index", "at", "kind", "operator", "subject", "batch"],
        [
          [312, "2026-11-09T10:02:00Z", "signing-key-accepted", "J. Brandt", "key-2026-11", null],
          [640, "2026-11-14T15:40:00Z", "conflict-accepted", "R. Vogel", "press-firmware", "b-2026-0016"],
          [811, "2026-11-17T08:12:00Z", "batch-abandoned", null, "operator", "b-2026-0020"],
        ],
      ),
    "audit.counts": ({ by }) =>
      answer(
        ["name", "batches", "delivered", "failed", "skipped"],
        by === "operator"
          ? [
              ["J. Brandt", 14, 2210, 3, 0],
              ["R. Vogel", 18, 2905, 2, 4],
              [null, 1, 5, 0, 0],
            ]
          : [
              ["WO-118", 20, 3100, 4, 4],
              ["WO-119", 13, 2020, 1, 0],
            ],
      ),
    "audit.csv": ({ kind }) => ({ file: `/home/vogel/exports/${kind}.csv`, rows: 5120 }),
    "audit.report": () => ({ file: "/home/vogel/exports/report.pdf", printed: true }),
    "audit.reconcile-csv": () => reconciliation,
    "audit.reconcile-server": () => {
      if (comparison.running) return comparison;
      asked = 0;
      return (comparison = { ...neverCompared, running: true, total: reconciliation.seats });
    },
    "audit.reconcile-stop": () => {
      if (comparison.running) comparison = { ...comparison, running: false, ended: "stopped", finishedAt: instant() };
      return comparison;
    },
    "audit.reconciled": () => (comparison.ended === "compared" ? reconciliation : null),
  };
  return {
    handlers,
    comparison: () => comparison,
    advance: (ms) => {
      if (!comparison.running) return;
      asked += (ms / 1000) * askedPerSecond;
      const done = Math.min(comparison.total, Math.floor(asked));
      comparison = { ...comparison, done };
      if (done === comparison.total)
        comparison = { ...comparison, running: false, ended: "compared", finishedAt: instant() };
    },
  };
}
