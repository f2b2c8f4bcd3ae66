import { join } from "node:path";
import { expect, test } from "vitest";
import { batchOf, type CliRun, hashOf, inWorld } from "./cli-world.ts";

const dry = ["--dry-run"];
const licenses = ["LICENCE-ONE-AAAA1111", "LICENCE-TWO-BBBB2222"] as const;
const twoLicences = {
  config: {
    products: [{ slug: "rehearsal-product", name: "Rehearsal" }],
    licenses: [
      { key: licenses[0], product: "rehearsal-product", seat_limit: 2, expires_at: "2099-01-01T00:00:00Z" },
      { key: licenses[1], product: "rehearsal-product", seat_limit: 3, expires_at: "2099-06-01T00:00:00Z" },
    ],
  },
};

function preflightOf({ stdout }: CliRun): Record<string, unknown> {
  return JSON.parse(stdout);
}

test("a dry run tells everything that can be known, spends nothing and writes nothing", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const keys = licenses.flatMap((key) => ["--license", key]);
    expect((await world.provision(keys)).code).toBe(0);
    world.askFor("c");
    world.ask("again.fingerprint.json", '{"fingerprint":"fp-c-0001"}');
    world.ask("other.fingerprint.txt", "fp-d-0001\na-device\n");
    world.ask("foreign.csv", "not a list of ours");
    world.ask("fingerprints.csv", "fingerprint,product\nfp-e-0001,another-product\n");
    world.ask("broken.fingerprint.txt", "\u0000\n");
    const stick = world.files(world.stick);
    const ledger = world.entries();
    const home = world.files(world.home);
    const seats = world.seats();

    const ended = await world.provision([...keys, ...dry, "--on-conflict", "accept", "--grace-days", "0"]);

    const planned = (letter: string, name: string, known: boolean) => ({
      fingerprint: `fp-${letter}-0001`,
      device_name: name,
      status: "planned",
      file: `${name}-${hashOf(`fp-${letter}-0001`).slice(0, 8)}.lic`,
      activation_id: known ? expect.any(String) : null,
      expires_at: null,
      renewal: known,
      on_server: known,
      error: null,
    });
    const license = (key: string, sold: number | null, limit: number, end: string) => ({
      last4: key.slice(-4),
      sha256: hashOf(key),
      status: "active",
      seat_limit: limit,
      active_seats: sold,
      expires_at: end,
      error: null,
    });
    expect(preflightOf(ended)).toEqual({
      batch: null,
      dry_run: true,
      allowance: { limit: 33, left: 31, would_get: 4, problem: null },
      devices: [
        planned("a", "a-device", true),
        planned("c", "c-device", false),
        planned("b", "b-device", true),
        planned("d", "a-device", false),
        {
          fingerprint: "fp-e-0001",
          device_name: null,
          status: "skipped",
          file: null,
          activation_id: null,
          expires_at: null,
          renewal: false,
          error: { code: "PRODUCT_UNEXPECTED", message: expect.stringContaining("another-product") },
        },
      ],
      rejected: [{ path: "broken.fingerprint.txt", line: null, code: "REQUEST_ENCODING", message: expect.any(String) }],
      delivery: null,
      error: null,
      requests: { files: 7, devices: 5, duplicates: 1 },
      conflicts: [
        {
          kind: "one-name",
          name: "a-device",
          fingerprintSha256s: [hashOf("fp-a-0001"), hashOf("fp-d-0001")],
          paths: ["a.fingerprint.txt", "other.fingerprint.txt"],
        },
      ],
      notes: [{ path: "fingerprints.csv", message: expect.stringContaining("another-product") }],
      licenses: [
        license(licenses[0], 2, 2, "2099-01-01T00:00:00Z"),
        license(licenses[1], 0, 3, "2099-06-01T00:00:00Z"),
      ],
      seats: { needed: 2, left: 3 },
      policy: {
        ttl_days: 180,
        grace_days: 0,
        effective_days: 180,
        warnings: [{ kind: "slow-revocation", ttlDays: 180 }, { kind: "no-grace" }],
      },
      space: { needed_bytes: expect.any(Number), free_bytes: expect.any(Number), fits: true },
      estimated_seconds: expect.any(Number),
    });
    expect(ended.code).toBe(1);
    expect(world.files(world.stick)).toEqual(stick);
    expect(world.entries()).toEqual(ledger);
    expect(Object.keys(world.files(world.home))).toEqual(Object.keys(home));
    expect(world.seats()).toEqual(seats);
  }, twoLicences));

test("a clean dry run is exit 0, and the run after it does what it said", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const before = world.files(world.stick);
    const said = preflightOf(await world.provision(dry));
    expect(world.files(world.stick)).toEqual(before);
    expect(world.entries().map(({ type }) => type)).toEqual(["ledger.created"]);
    const done = await world.provision();
    expect(done.code).toBe(0);
    const names = (devices: unknown) => (devices as { file: string }[]).map(({ file }) => file.split("/").at(-1));
    expect(names(said["devices"])).toEqual(names(batchOf(done).devices));
  }));

test("a licence that ends before the TTL is told as the days the files will really be good for", () =>
  inWorld(
    async (world) => {
      world.askFor("a");
      const ended = await world.provision([...dry, "--ttl-days", "365"]);
      const { policy } = preflightOf(ended) as { policy: { effective_days: number; warnings: { kind: string }[] } };
      expect(policy.effective_days).toBeGreaterThan(9.9);
      expect(policy.effective_days).toBeLessThanOrEqual(10);
      expect(policy.warnings.map(({ kind }) => kind)).toEqual(["slow-revocation", "license-ends-first"]);
      expect(ended.stderr).toMatch(/The licence ends first .* good for (?:9\.99|10) days/);
      expect(ended.code).toBe(0);
    },
    {
      config: {
        products: [{ slug: "rehearsal-product", name: "Rehearsal" }],
        licenses: [
          {
            key: "LICENCE-SHORT-00001",
            product: "rehearsal-product",
            expires_at: new Date(Date.now() + 10 * 86_400_000).toISOString(),
          },
        ],
      },
    },
  ));

test.each([
  ["more devices than seats", { seats: 1 }, {}, 1, null],
  ["a wrong API key", {}, { LICENSESEAT_API_KEY: "pk_wrong" }, 4, "API_UNAUTHORIZED"],
] as const)("%s is known before a seat is spent", (_, options, env, code, error) =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const ended = await world.provision(dry, { env });
    expect(ended.code).toBe(code);
    expect(batchOf(ended).error?.code ?? null).toBe(error);
    expect(world.seats()).toEqual([]);
    expect(Object.keys(world.files(world.stick)).sort()).toEqual(["a.fingerprint.txt", "b.fingerprint.txt"]);
  }, options),
);

test.each(["suspended", "revoked", "expired", "pending"] as const)("a %s licence is told for every device", (status) =>
  inWorld(
    async (world) => {
      world.askFor("a");
      const ended = await world.provision(dry);
      expect(ended.code).toBe(1);
      const codes = { suspended: "LICENSE_SUSPENDED", revoked: "LICENSE_REVOKED", expired: "LICENSE_EXPIRED" };
      const code = status === "pending" ? "LICENSE_NOT_ACTIVE" : codes[status];
      expect(batchOf(ended).devices.map(({ error }) => error?.code)).toEqual([code]);
      expect(preflightOf(ended)).toMatchObject({ licenses: [{ status }] });
    },
    {
      config: {
        products: [{ slug: "rehearsal-product", name: "Rehearsal" }],
        licenses: [{ key: "LICENCE-DEAD-000001", product: "rehearsal-product", status }],
      },
    },
  ),
);

test("contradictions are exit 3, and no folder is made even on a stick without one", () =>
  inWorld(async (world) => {
    world.ask("a.fingerprint.txt", "fp-a-0001\npump\n");
    world.ask("b.fingerprint.txt", "fp-b-0001\npump\n");
    const ended = await world.provision(dry);
    expect(ended.code).toBe(3);
    expect(preflightOf(ended)).toMatchObject({ conflicts: [{ kind: "one-name", name: "pump" }] });
    expect(ended.stderr).toContain('"pump" names 2 devices');
    expect(Object.keys(world.files(join(world.stick)))).not.toContain("PROVISIONING");
  }));
