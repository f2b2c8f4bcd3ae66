import { expect, test } from "vitest";
import type { BodyOf, LedgerEntry, LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { foldBatch, owedDevices } from "../../electron/engine/batch/batch-state.ts";

const batch = "20261122T004853Z-3f9a1c0b";
const sha = (digit: string) => digit.repeat(64);
const stick = { folder: "/stick", volume_uuid: null, usb_serial: null, size_bytes: null, file_system: null };

const started: BodyOf<"batch.started"> = {
  type: "batch.started",
  batch,
  api: "http://127.0.0.1:1/api/v1",
  product: "p",
  licenses: [],
  policy: { ttl_days: 30, grace_days: 3 },
  operator: null,
  work_order: null,
  stick,
  devices: 2,
  rejected: 0,
  rehearsal: true,
  station_version: "test",
};
const intended = (digit: string, license = "e"): BodyOf<"activation.intended"> => ({
  type: "activation.intended",
  batch,
  fingerprint: `fp-${digit}-0001`,
  fingerprint_sha256: sha(digit),
  device_name: null,
  serial: null,
  asset_tag: null,
  platform: null,
  request_path: "a.fingerprint.txt",
  request_sha256: sha("f"),
  license_sha256: sha(license),
});
const recorded = (digit: string): BodyOf<"activation.recorded"> => ({
  type: "activation.recorded",
  batch,
  fingerprint_sha256: sha(digit),
  activation_id: `act-${digit}`,
  activated_at: "2026-11-22T00:00:00Z",
  license_sha256: sha("e"),
  license_expires_at: null,
  seat_limit: null,
  active_seats: 1,
});
const issued = (digit: string): BodyOf<"machine-file.issued"> => ({
  type: "machine-file.issued",
  batch,
  file_sha256: sha("d"),
  size_bytes: 3000,
  fingerprint_sha256: sha(digit),
  activation_id: `act-${digit}`,
  device_name: null,
  serial: null,
  product: "p",
  license_sha256: sha("e"),
  kid: "key-1",
  issued_at: "2026-11-22T00:00:00Z",
  expires_at: "2026-12-22T00:00:00Z",
  grace_seconds: 259_200,
});
const failed = (digit: string, code: string): BodyOf<"device.failed"> => ({
  type: "device.failed",
  batch,
  fingerprint_sha256: sha(digit),
  device_name: null,
  stage: "activate",
  code,
  message: "why",
  seat: "none",
});

function folded(...bodies: readonly LedgerEntryBody[]) {
  const entries = bodies.map((body, index) => ({ index, entry: { v: 1, at: "2026-11-22T00:00:00.000Z", ...body } }));
  return foldBatch(entries as readonly { index: number; entry: LedgerEntry }[]);
}
const statusesOf = (state: ReturnType<typeof folded>) =>
  [...(state?.devices.values() ?? [])].map(({ status }) => status);

test("without its beginning there is no batch", () => {
  expect(folded(intended("a"), recorded("a"))).toBeNull();
});

test("each entry moves its device one step on", () => {
  expect(statusesOf(folded(started, intended("a")))).toEqual(["waiting"]);
  expect(statusesOf(folded(started, intended("a"), recorded("a")))).toEqual(["issuing"]);
  const state = folded(started, intended("a"), intended("b"), recorded("a"), issued("a"), failed("b", "POOL_EMPTY"));
  expect(statusesOf(state)).toEqual(["issued", "failed"]);
  expect(state === null ? null : owedDevices(state)).toEqual([]);
});

test("an intent as the ledger holds it can be intended again: version and instant are not part of it", () => {
  const [device] = folded(started, intended("a"))?.devices.values() ?? [];
  expect(device?.intent).toEqual(intended("a"));
});

test("a second intent is the same device under the next key: it waits anew and its failure is over", () => {
  const state = folded(started, intended("a"), failed("a", "SEAT_LIMIT_EXCEEDED"), intended("a", "c"));
  expect([...(state?.devices.values() ?? [])]).toMatchObject([
    { status: "waiting", failure: null, intent: { license_sha256: sha("c") } },
  ]);
});

test("a failure after the seat was taken keeps the seat in sight", () => {
  const [device] = folded(started, intended("a"), recorded("a"), failed("a", "API_MALFORMED"))?.devices.values() ?? [];
  expect(device).toMatchObject({ status: "failed", activation: { activation_id: "act-a" } });
});

test("a code that this version does not know is still a failure", () => {
  const [device] = folded(started, intended("a"), failed("a", "toString"))?.devices.values() ?? [];
  expect(device?.failure).toEqual({ code: "INTERNAL", message: "why" });
});

test("a commit delivers what was issued and nothing else", () => {
  const committed: BodyOf<"delivery.committed"> = {
    type: "delivery.committed",
    batch,
    stick,
    folder: `PROVISIONING/${batch}`,
    files: 8,
    bytes: 9000,
    manifest_sha256: sha("1"),
    sums_sha256: sha("2"),
    read_back: "cached",
  };
  const state = folded(started, intended("a"), intended("b"), issued("a"), failed("b", "POOL_EMPTY"), committed);
  expect(statusesOf(state)).toEqual(["delivered", "failed"]);
  expect(state).toMatchObject({ committed: { files: 8 }, finished: null, abandoned: false });
});

test("entries about devices the batch never named change nothing", () => {
  expect(statusesOf(folded(started, intended("a"), recorded("b"), issued("c"), failed("d", "POOL_EMPTY")))).toEqual([
    "waiting",
  ]);
});
