import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SandboxConfigInput } from "../../electron/sandbox/config.ts";
import { batchOf, type CliWorld, fingerprintsOf, hashOf, inWorld, statuses } from "./cli-world.ts";

const product = "rehearsal-product";
const one = "LICENCE-ONE-AAAA1111";
const two = "LICENCE-TWO-BBBB2222";
const three = "LICENCE-THREE-CCC333";

type Licenses = SandboxConfigInput["licenses"];
type ApiKeys = NonNullable<SandboxConfigInput["api_keys"]>;

function serving(licenses: Licenses, apiKeys?: ApiKeys) {
  const products = [
    { slug: product, name: "Rehearsal" },
    { slug: "other-product", name: "Other" },
  ];
  return { config: { products, licenses, ...(apiKeys === undefined ? {} : { api_keys: apiKeys }) } };
}
const pool = (seats: number) => serving([one, two, three].map((key) => ({ key, product, seat_limit: seats })));

function seatsByLicense(world: CliWorld): readonly (readonly [string, string])[] {
  return world.sandbox
    .activations()
    .map(({ license_key, fingerprint }) => [license_key, fingerprint.split("-")[1] ?? ""] as const)
    .sort(([a, b], [c, d]) => (a + b < c + d ? -1 : 1));
}

test.each([
  ["unknown", [{ key: two, product }], "LICENSE_NOT_FOUND"],
  ["expired", [{ key: one, product, expires_at: "2026-01-01T00:00:00Z" }], "LICENSE_EXPIRED"],
  ["suspended", [{ key: one, product, status: "suspended" }], "LICENSE_SUSPENDED"],
  ["revoked", [{ key: one, product, status: "revoked" }], "LICENSE_REVOKED"],
  ["pending", [{ key: one, product, status: "pending" }], "LICENSE_NOT_ACTIVE"],
  ["not yet started", [{ key: one, product, starts_at: "2099-01-01T00:00:00Z" }], "LICENSE_NOT_STARTED"],
  [
    "of another product",
    [
      { key: one, product: "other-product" },
      { key: two, product },
    ],
    "PRODUCT_MISMATCH",
  ],
] satisfies [string, Licenses, string][])(
  "a licence that is %s fails every device by name, takes no seat and writes no folder",
  (_, licenses, code) =>
    inWorld(async (world) => {
      world.askFor("a", "b", "c");
      const ended = await world.provision(["--license", one, "--product", product, "--concurrency", "1"]);
      expect(ended.code).toBe(1);
      expect(statuses(ended)).toEqual({ a: code, b: code, c: code });
      expect(batchOf(ended)).toMatchObject({ delivery: null, error: null });
      expect(world.seats()).toEqual([]);
      expect(world.batches()).toEqual([]);
      expect(world.entries("device.failed").map(({ seat }) => seat)).toEqual(["none", "none", "none"]);
      expect(world.entries("batch.finished")).toMatchObject([{ delivered: 0, failed: 3 }]);
      // The batch is over: nothing is owed, and the next try is a new one.
      expect((await world.resume()).code).toBe(0);
    }, serving(licenses)),
);

test("out of seats midway: exactly the seats there are, each one delivered", () =>
  inWorld(
    async (world) => {
      world.askFor("a", "b", "c", "d", "e");
      const ended = await world.provision();
      expect(ended.code).toBe(1);
      const outcome = Object.values(statuses(ended)).sort();
      expect(outcome).toEqual(["SEAT_LIMIT_EXCEEDED", "SEAT_LIMIT_EXCEEDED", "delivered", "delivered", "delivered"]);
      expect(world.seats()).toHaveLength(3);
      expect(await world.expectSound(world.seats())).toEqual([]);
      // Whoever has a seat keeps it on the next visit, and the others are refused again.
      const seats = world.seats();
      const again = await world.provision();
      expect(again.code).toBe(1);
      expect(Object.values(statuses(again)).sort()).toEqual(outcome);
      expect(world.seats()).toEqual(seats);
    },
    { seats: 3 },
  ));

test("a station that knows nothing of them finds the seats that devices already hold, though the licence is full", () =>
  inWorld(
    async (world) => {
      world.askFor("y", "z");
      expect((await world.provision()).code).toBe(0);
      world.askFor("a");
      const elsewhere = join(world.home, "..", "another-home");
      const ended = await world.provision(["--home", elsewhere, "--concurrency", "1"]);
      expect(statuses(ended)).toEqual({ a: "SEAT_LIMIT_EXCEEDED", y: "delivered", z: "delivered" });
      expect(world.seats()).toEqual(fingerprintsOf("y", "z"));
    },
    { seats: 2 },
  ));

test("a pool is drawn down in order, each device once, and the one too many is told", () =>
  inWorld(async (world) => {
    const letters = ["a", "b", "c", "d", "e", "f", "g"] as const;
    world.askFor(...letters);
    const file = join(world.home, "..", "pool.txt");
    writeFileSync(file, `# three keys\n${two}\n\n ${three} \r\n`);
    const ended = await world.provision(["--license", one, "--license-file", file, "--concurrency", "1"]);
    expect(ended.code).toBe(1);
    expect(statuses(ended)).toEqual({
      ...Object.fromEntries(letters.map((letter) => [letter, "delivered"])),
      g: "POOL_EMPTY",
    });
    expect(seatsByLicense(world)).toEqual([
      [one, "a"],
      [one, "b"],
      [three, "e"],
      [three, "f"],
      [two, "c"],
      [two, "d"],
    ]);
    expect(world.entries("batch.started")).toMatchObject([
      { licenses: [one, two, three].map((key) => ({ last4: key.slice(-4), sha256: hashOf(key) })) },
    ]);
    expect(await world.expectSound(fingerprintsOf("a", "b", "c", "d", "e", "f"))).toEqual([]);

    // On the next visit each keeps its key, although the pool would begin with another.
    const again = await world.provision(["--license", three, "--license", two, "--license", one]);
    expect(again.code).toBe(1);
    expect(batchOf(again).devices.filter(({ renewal }) => renewal)).toHaveLength(6);
    expect(seatsByLicense(world)).toHaveLength(6);
    const under = world.entries("machine-file.issued").slice(6);
    expect(under.map(({ license_sha256 }) => String(license_sha256)).sort()).toEqual(
      [one, one, two, two, three, three].map(hashOf).sort(),
    );
  }, pool(2)));

test("many at once draw a pool down to the last seat and never take two for one device", () =>
  inWorld(async (world) => {
    const letters = Array.from({ length: 14 }, (_, i) => String.fromCharCode(97 + i));
    world.askFor(...letters);
    const keys = [one, two, three].flatMap((key) => ["--license", key]);
    const ended = await world.provision([...keys, "--concurrency", "16"]);
    expect(ended.code).toBe(1);
    expect(Object.values(statuses(ended)).sort()).toEqual([
      "POOL_EMPTY",
      "POOL_EMPTY",
      ...Array.from({ length: 12 }, () => "delivered"),
    ]);
    expect(new Set(world.seats()).size).toBe(12);
    expect(world.seats()).toHaveLength(12);
    expect(await world.expectSound(world.seats())).toEqual([]);
  }, pool(4)));

test("a dead key in a pool is passed over, and its devices go to the next", () =>
  inWorld(
    async (world) => {
      world.askFor("a", "b");
      const ended = await world.provision(["--license", one, "--license", two]);
      expect(ended.code).toBe(0);
      expect(seatsByLicense(world)).toEqual([
        [two, "a"],
        [two, "b"],
      ]);
    },
    serving([
      { key: one, product, status: "suspended" },
      { key: two, product, seat_limit: 5 },
    ]),
  ));

test("a list that brings a key for each device needs none for the batch; a device without one is told", () =>
  inWorld(async (world) => {
    world.ask(
      "fingerprints.csv",
      `fingerprint,license_key\nfp-a-0001,${one}\nfp-b-0001,${two}\nfp-c-0001,${two}\nfp-d-0001,${two}\nfp-e-0001,\n`,
    );
    const args = ["provision", "--stick", world.stick, "--api", world.sandbox.url, "--product", product, "--json"];
    const ended = await world.station([...args, "--concurrency", "1"]);
    expect(ended.code).toBe(1);
    expect(statuses(ended)).toEqual({
      a: "delivered",
      b: "delivered",
      c: "delivered",
      d: "SEAT_LIMIT_EXCEEDED",
      e: "LICENSE_KEY_MISSING",
    });
    expect(seatsByLicense(world)).toEqual([
      [one, "a"],
      [two, "b"],
      [two, "c"],
    ]);
    expect(ended.stdout + ended.stderr).not.toContain(one);
  }, pool(2)));

test("a wrong API key stops the batch before any seat, and resume with the right one finishes it", () =>
  inWorld(async (world) => {
    world.askFor("a", "b", "c");
    const ended = await world.provision([], { env: { LICENSESEAT_API_KEY: "pk_wrong_key_0001" } });
    expect(ended.code).toBe(4);
    expect(batchOf(ended).error?.code).toBe("API_UNAUTHORIZED");
    expect(statuses(ended)).toEqual({ a: "waiting", b: "waiting", c: "waiting" });
    expect(world.seats()).toEqual([]);
    const stubborn = await world.resume([], { env: { LICENSESEAT_API_KEY: undefined } });
    expect([stubborn.code, batchOf(stubborn).error?.code]).toEqual([4, "API_UNAUTHORIZED"]);
    const file = join(world.home, "..", "api-key");
    writeFileSync(file, `${world.sandbox.apiKey}\n`);
    const resumed = await world.resume(["--api-key-file", file], { env: { LICENSESEAT_API_KEY: undefined } });
    expect(resumed.code).toBe(0);
    expect(batchOf(resumed).batch).toBe(batchOf(ended).batch);
    expect(await world.expectSound(fingerprintsOf("a", "b", "c"))).toEqual([]);
  }));

test("no API key at all is said before a station or a stick is touched", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const ended = await world.provision([], { env: { LICENSESEAT_API_KEY: undefined } });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/LICENSESEAT_API_KEY.*--api-key-file.*\[API_UNAUTHORIZED\]/);
    expect(world.entries()).toEqual([]);
  }));

test("a key without the scope for machine files: the seat taken is known, no other is spent, and resume delivers", () =>
  inWorld(
    async (world) => {
      world.askFor("a", "b", "c");
      const env = { LICENSESEAT_API_KEY: "pk_seats_only" };
      const ended = await world.provision(["--license", one, "--concurrency", "1"], { env });
      expect(ended.code).toBe(4);
      expect(batchOf(ended).error?.code).toBe("API_FORBIDDEN");
      const spent = world.seats();
      expect(spent.length).toBeLessThan(3);
      expect(world.entries("activation.recorded")).toHaveLength(spent.length);
      expect(world.batches()).toEqual([]);
      const resumed = await world.resume([], { env: { LICENSESEAT_API_KEY: "pk_all_scopes" } });
      expect(resumed.code).toBe(0);
      expect(await world.expectSound(fingerprintsOf("a", "b", "c"))).toEqual([]);
    },
    serving([{ key: one, product }], [{ key: "pk_all_scopes" }, { key: "pk_seats_only", scopes: ["licenses"] }]),
  ));

test("a product the server does not know: exit 4, and the batch gives way to one with the right name", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const ended = await world.provision(["--product", "no-such-product"]);
    expect([ended.code, batchOf(ended).error?.code]).toEqual([4, "PRODUCT_NOT_FOUND"]);
    const right = await world.provision();
    expect(right.code).toBe(0);
    expect(world.entries("batch.abandoned")).toMatchObject([{ batch: batchOf(ended).batch, reason: "superseded" }]);
    expect(world.batches()).toEqual([batchOf(right).batch]);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
  }));

test.each([
  ["--ttl-days", "3651", "POLICY_TTL"],
  ["--license", "with\u0007bell", "LICENSE_KEY_INVALID"],
])("%s beyond what is allowed is refused before anything is spent", (option, value, code) =>
  inWorld(async (world) => {
    world.askFor("a");
    const ended = await world.provision([option, value]);
    expect([ended.code, batchOf(ended).error?.code]).toEqual([3, code]);
    expect(world.seats()).toEqual([]);
    expect(Object.keys(world.files(world.stick))).toEqual(["a.fingerprint.txt"]);
  }),
);
