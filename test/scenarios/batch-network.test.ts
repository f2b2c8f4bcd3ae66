import { expect, test } from "vitest";
import { exitCodeOf } from "../../electron/cli/exit-codes.ts";
import type { ErrorCode } from "#shared/domain/errors.ts";
import type { MisbehaviourRule } from "../../electron/sandbox/misbehaviour.ts";
import { type BatchWorld, fastClock, inBatchWorld } from "./batch-world.ts";

const fingerprints = ["fp-a-0001", "fp-b-0001", "fp-c-0001"];
const allDelivered = { a: "delivered", b: "delivered", c: "delivered" };

function failedEntries(world: BatchWorld): Promise<readonly (readonly [string | null, string, string, string])[]> {
  return world.withStation(async ({ ledger }) =>
    [...ledger.entries()].flatMap(({ entry }) =>
      entry.type === "device.failed" ? [[entry.device_name, entry.stage, entry.code, entry.seat] as const] : [],
    ),
  );
}

const passing: readonly (readonly [string, MisbehaviourRule])[] = [
  ["two refusals for rate", { match: {}, fault: "rate-limited", retry_after: 2, times: 2 }],
  ["a burst of 500", { match: {}, fault: "status", times: 4 }],
  ["503 with Retry-After", { match: {}, fault: "status", status: 503, retry_after: 3, times: 2 }],
  ["an error page of a proxy", { match: {}, fault: "html", times: 2 }],
  ["connections cut before the work", { match: {}, fault: "drop-before", times: 3 }],
  ["replies lost after seats were taken", { match: { action: "activate" }, fault: "drop-after", times: 3 }],
  ["replies lost after files were made", { match: { action: "machine-file" }, fault: "drop-after", times: 3 }],
  ["500 after seats were taken", { match: { action: "activate" }, fault: "status-after", times: 3 }],
  ["bodies cut off midway", { match: { action: "activate" }, fault: "truncated-body", times: 3 }],
  ["half a JSON about a seat, once", { match: { action: "activate" }, fault: "malformed-json", times: 1 }],
  ["an empty answer about a seat, once", { match: { action: "activate" }, fault: "empty-body", times: 1 }],
  [
    "a body slower than the time limit, once",
    { match: { action: "activate" }, fault: "slow-body", ms: 3000, times: 1 },
  ],
  ["the signing key's answer lost", { match: { action: "signing-keys" }, fault: "drop-after", times: 2 }],
];
test.each(passing)("%s: tried again, every device delivered, one seat each", (_, rule) =>
  inBatchWorld(async (world) => {
    world.askFor("a", "b", "c");
    world.sandbox.misbehave([rule]);
    expect(await world.provision()).toEqual({ problem: null, devices: allDelivered });
    expect(await world.expectSound(fingerprints)).toEqual([]);
  }),
);

test("Retry-After is waited out before anything else is asked", () =>
  inBatchWorld(async (world) => {
    world.askFor("a");
    world.sandbox.misbehave([{ match: { nth: 1 }, fault: "rate-limited", retry_after: 7 }]);
    const asked: number[] = [];
    expect(await world.provision({ clock: fastClock(100, asked) })).toEqual({
      problem: null,
      devices: { a: "delivered" },
    });
    // Half a second is what the wait may already have lasted when it is asked for.
    expect(Math.max(...asked.filter((ms) => ms < 30_000))).toBeGreaterThan(6500);
  }));

const oneDevice = (action: "activate" | "machine-file", fault: MisbehaviourRule["fault"]): MisbehaviourRule => ({
  match: { action, fingerprint: "fp-b-0001" },
  fault,
});
test.each([
  ["activate", "malformed-json", "API_MALFORMED", "unknown"],
  ["activate", "duplicate-member", "API_MALFORMED", "unknown"],
  ["activate", "empty-body", "API_MALFORMED", "unknown"],
  ["activate", "oversize-body", "API_TOO_LARGE", "unknown"],
  ["activate", "wrong-fingerprint", "API_WRONG_IDENTITY", "unknown"],
  ["activate", "wrong-license", "API_WRONG_IDENTITY", "unknown"],
  ["activate", "wrong-product", "API_WRONG_IDENTITY", "unknown"],
  ["machine-file", "malformed-json", "API_MALFORMED", "taken"],
  ["machine-file", "oversize-body", "API_TOO_LARGE", "taken"],
  ["machine-file", "wrong-fingerprint", "API_WRONG_IDENTITY", "taken"],
  ["machine-file", "wrong-license", "API_WRONG_IDENTITY", "taken"],
  ["machine-file", "other-key", "CREDENTIAL_SIGNATURE", "taken"],
  ["machine-file", "file-wrong-fingerprint", "CREDENTIAL_DECRYPTION", "taken"],
  ["machine-file", "file-wrong-license", "CREDENTIAL_DECRYPTION", "taken"],
  ["machine-file", "file-wrong-product", "CREDENTIAL_PRODUCT_MISMATCH", "taken"],
  ["machine-file", "file-wrong-activation", "CREDENTIAL_ACTIVATION_MISMATCH", "taken"],
  ["machine-file", "file-tampered", "CREDENTIAL_DECRYPTION", "taken"],
  ["machine-file", "file-expired", "CREDENTIAL_EXPIRED", "taken"],
] as const)(
  "%s answered with %s: that device fails with %s, never reaches the stick, and the next run mends it",
  (action, fault, code, seat) =>
    inBatchWorld(async (world) => {
      world.askFor("a", "b", "c");
      world.sandbox.misbehave([oneDevice(action, fault)]);
      expect(await world.provision()).toEqual({ problem: null, devices: { ...allDelivered, b: code } });
      expect(world.delivered()).toEqual(["a-device", "c-device"]);
      const stage = action === "activate" ? "activate" : code.startsWith("CREDENTIAL_") ? "verify" : "issue";
      expect(await failedEntries(world)).toEqual([["b-device", stage, code, seat]]);
      expect(world.sandbox.activations()).toHaveLength(3);

      world.sandbox.misbehave([]);
      expect(await world.provision()).toEqual({ problem: null, devices: allDelivered });
      expect(await world.expectSound(fingerprints)).toEqual([]);
    }),
);

const stopping: readonly (readonly [string, MisbehaviourRule, ErrorCode, 4 | 5])[] = [
  [
    "a redirect",
    { match: { action: "activate" }, fault: "redirect", location: "http://127.0.0.1:1/" },
    "API_REDIRECT",
    4,
  ],
  ["a redirect of the file", { match: { action: "machine-file" }, fault: "redirect" }, "API_REDIRECT", 4],
  ["an API that is down", { match: {}, fault: "status" }, "API_FAILED", 4],
  ["a network that is down", { match: {}, fault: "drop-before" }, "API_UNREACHABLE", 4],
  ["replies that are always lost", { match: { action: "activate" }, fault: "drop-after" }, "API_UNREACHABLE", 4],
  [
    "bodies that are always too slow",
    { match: { action: "machine-file" }, fault: "slow-body", ms: 3000 },
    "API_TIMEOUT",
    4,
  ],
  [
    "files signed by a key nobody serves",
    { match: { action: "machine-file" }, fault: "unknown-key" },
    "SIGNING_KEY_UNKNOWN",
    5,
  ],
  [
    "a signing key that is not served",
    { match: { action: "signing-keys" }, fault: "status", status: 404, code: "signing_key_not_found" },
    "SIGNING_KEY_UNKNOWN",
    5,
  ],
];
test.each(stopping)("%s stops the batch with its seats known; resume finishes", (_, rule, code, exit) =>
  inBatchWorld(async (world) => {
    world.askFor("a", "b", "c");
    world.sandbox.misbehave([rule]);
    const stopped = await world.provision();
    expect(stopped.problem).toBe(code);
    expect(exitCodeOf(code)).toBe(exit);
    expect(Object.values(stopped.devices)).not.toContain("delivered");
    expect(world.delivered()).toEqual([]);
    const recorded = await world.withStation(async ({ ledger }) =>
      [...ledger.entries()].flatMap(({ entry }) => (entry.type === "activation.recorded" ? [entry.activation_id] : [])),
    );
    // Of a lost reply nothing can be known; every other seat is in the ledger already.
    const seats = world.sandbox.activations().map(({ activation_id }) => activation_id);
    expect(rule.fault === "drop-after" ? [] : seats.sort()).toEqual(recorded.sort());

    world.sandbox.misbehave([]);
    expect(await world.resume()).toEqual({ problem: null, devices: allDelivered });
    expect(await world.expectSound(fingerprints)).toEqual([]);
  }),
);

test("one device without an answer waits alone: the others are not delivered without it until the operator gives up", () =>
  inBatchWorld(async (world) => {
    world.askFor("a", "b", "c");
    world.sandbox.misbehave([oneDevice("machine-file", "drop-before")]);
    expect(await world.provision()).toEqual({
      problem: "API_UNREACHABLE",
      devices: { a: "issued", b: "waiting", c: "issued" },
    });
    expect(world.delivered()).toEqual([]);
    const givenUp = await world.resume({}, { ending: "give-up" });
    expect(givenUp).toEqual({ problem: null, devices: { ...allDelivered, b: "CANCELLED" } });
    expect(world.delivered()).toEqual(["a-device", "c-device"]);
    expect(await failedEntries(world)).toEqual([["b-device", "issue", "CANCELLED", "taken"]]);
  }));

test("a seat whose reply was lost is found on resume, though another device meanwhile met a full licence", () =>
  inBatchWorld(
    async (world) => {
      world.askFor("a", "b");
      const silent = { match: { action: "activate", fingerprint: "fp-a-0001" }, fault: "drop-before" } as const;
      world.sandbox.misbehave([silent, oneDevice("activate", "drop-after")]);
      const stopped = await world.provision({ api: { concurrency: 2 } });
      expect(stopped).toEqual({ problem: "API_UNREACHABLE", devices: { a: "waiting", b: "waiting" } });
      expect(world.sandbox.activations()).toHaveLength(1);

      world.sandbox.misbehave([]);
      const resumed = await world.resume({}, { concurrency: 1 });
      expect(resumed).toEqual({ problem: null, devices: { a: "SEAT_LIMIT_EXCEEDED", b: "delivered" } });
      expect(await world.expectSound(["fp-b-0001"])).toEqual([]);
    },
    { seats: 1 },
  ));

test("in a pool, a seat whose reply was lost stays the device's only one after resume", () =>
  inBatchWorld(
    async (world) => {
      world.askFor("a", "b");
      const silent = { match: { action: "activate", fingerprint: "fp-a-0001" }, fault: "drop-before" } as const;
      world.sandbox.misbehave([silent, oneDevice("activate", "drop-after")]);
      const keys = { licenseKeys: ["LICENCE-ONE-AAAA1111", "LICENCE-TWO-BBBB2222"] };
      expect((await world.provision({ job: keys })).problem).toBe("API_UNREACHABLE");
      world.sandbox.misbehave([]);
      expect(await world.resume({}, { concurrency: 1 })).toEqual({
        problem: null,
        devices: { a: "delivered", b: "delivered" },
      });
      expect(await world.expectSound(["fp-a-0001", "fp-b-0001"])).toEqual([]);
    },
    {
      config: {
        products: [{ slug: "rehearsal-product", name: "Rehearsal" }],
        licenses: [
          { key: "LICENCE-ONE-AAAA1111", product: "rehearsal-product", seat_limit: 1 },
          { key: "LICENCE-TWO-BBBB2222", product: "rehearsal-product", seat_limit: 5 },
        ],
      },
    },
  ));
