import { expect, test } from "vitest";
import { batchOf, type CliWorld, fingerprintsOf, hashOf, inWorld, statuses } from "./cli-world.ts";

const twoLicences = {
  config: {
    products: [{ slug: "rehearsal-product", name: "Rehearsal" }],
    licenses: [
      { key: "LICENCE-ONE-AAAA1111", product: "rehearsal-product", seat_limit: 5 },
      { key: "LICENCE-TWO-BBBB2222", product: "rehearsal-product", seat_limit: 5 },
    ],
  },
};

const contradictions = {
  "two names for one fingerprint": {
    put: (world: CliWorld) => world.ask("fingerprints.csv", "fingerprint,device_name\nfp-a-0001,another name\n"),
    conflict: {
      kind: "two-names",
      fingerprintSha256: hashOf("fp-a-0001"),
      names: ["a-device", "another name"],
      paths: ["a.fingerprint.txt", "fingerprints.csv"],
    },
    contested: ["a"],
    words: 'one device is named "a-device" and "another name"',
  },
  "one name for two fingerprints": {
    put: (world: CliWorld) => world.ask("x.fingerprint.txt", "fp-x-0001\nA-Device\n"),
    conflict: {
      kind: "one-name",
      name: "a-device",
      fingerprintSha256s: [hashOf("fp-a-0001"), hashOf("fp-x-0001")],
      paths: ["a.fingerprint.txt", "x.fingerprint.txt"],
    },
    contested: ["a", "x"],
    words: '"a-device" names 2 devices',
  },
  "two licence keys for one fingerprint": {
    put: (world: CliWorld) =>
      world.ask(
        "fingerprints.csv",
        "fingerprint,license_key\nfp-a-0001,LICENCE-ONE-AAAA1111\nfp-a-0001,LICENCE-TWO-BBBB2222\n",
      ),
    conflict: {
      kind: "two-licenses",
      fingerprintSha256: hashOf("fp-a-0001"),
      paths: ["a.fingerprint.txt", "fingerprints.csv"],
    },
    contested: ["a"],
    words: "one device comes with two licence keys",
  },
} as const;

test.each(Object.entries(contradictions))("%s: nothing is spent until the operator decides", (_, one) =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    one.put(world);
    const all = [...new Set(["b", ...one.contested])].sort();

    const undecided = await world.provision();
    expect(undecided.code).toBe(3);
    expect(JSON.parse(undecided.stdout)).toEqual({
      batch: null,
      devices: [],
      rejected: [],
      delivery: null,
      error: {
        code: "CONFLICT_UNDECIDED",
        message: expect.stringContaining(one.words),
        details: { conflicts: 1 },
      },
      conflicts: [one.conflict],
    });
    expect(world.seats()).toEqual([]);
    expect(world.entries().map(({ type }) => type)).toEqual(["ledger.created"]);
    expect(world.batches()).toEqual([]);

    const skipped = await world.provision(["--on-conflict", "skip"]);
    expect(skipped.code).toBe(1);
    expect(statuses(skipped)).toEqual({
      b: "delivered",
      ...Object.fromEntries(one.contested.map((letter) => [letter, "CONFLICT_SKIPPED"])),
    });
    expect(world.seats()).toEqual(fingerprintsOf("b"));
    expect(world.entries("device.skipped")).toHaveLength(one.contested.length);

    const accepted = await world.provision(["--on-conflict", "accept"]);
    expect(accepted.code).toBe(0);
    expect(statuses(accepted)).toEqual(Object.fromEntries(all.map((letter) => [letter, "delivered"])));
    expect(world.seats()).toEqual(fingerprintsOf(...all));
    expect(batchOf(accepted).devices.find(({ fingerprint }) => fingerprint === "fp-a-0001")?.device_name).toBe(
      "a-device",
    );
    expect(await world.expectSound(fingerprintsOf(...all))).toEqual([]);
  }, twoLicences),
);

test("the same request in several forms is one device and one seat", () =>
  inWorld(async (world) => {
    world.askFor("a");
    world.ask("copy/a.fingerprint.txt", "fp-a-0001\nA-DEVICE\n");
    world.ask("a.fingerprint.json", '{"fingerprint":"fp-a-0001","serial":"SN-1"}');
    world.ask("fingerprints.csv", "fingerprint,asset_tag\nfp-a-0001,T-1\nfp-a-0001,T-1\n");
    const ended = await world.provision();
    expect(ended.code).toBe(0);
    expect(batchOf(ended).devices).toHaveLength(1);
    expect(world.entries("activation.intended")).toMatchObject([{ serial: "SN-1", asset_tag: "T-1" }]);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
  }));

test("requests for another product are left to a batch of their own", () =>
  inWorld(
    async (world) => {
      world.ask("fingerprints.csv", "fingerprint,product\nfp-a-0001,\nfp-b-0001,second\nfp-c-0001,first\n");
      const first = await world.provision(["--license", "LICENCE-ONE-AAAA1111", "--product", "first"]);
      expect(first.code).toBe(1);
      expect(statuses(first)).toEqual({ a: "delivered", b: "PRODUCT_UNEXPECTED", c: "delivered" });
      const second = await world.provision(["--license", "LICENCE-TWO-BBBB2222", "--product", "second"]);
      expect(second.code).toBe(1);
      expect(statuses(second)).toEqual({ a: "delivered", b: "delivered", c: "PRODUCT_UNEXPECTED" });
      expect(
        world.sandbox
          .activations()
          .map((seat) => `${seat.license_key} ${seat.fingerprint}`)
          .sort(),
      ).toEqual([
        "LICENCE-ONE-AAAA1111 fp-a-0001",
        "LICENCE-ONE-AAAA1111 fp-c-0001",
        "LICENCE-TWO-BBBB2222 fp-a-0001",
        "LICENCE-TWO-BBBB2222 fp-b-0001",
      ]);
    },
    {
      config: {
        products: [
          { slug: "first", name: "First" },
          { slug: "second", name: "Second" },
        ],
        licenses: [
          { key: "LICENCE-ONE-AAAA1111", product: "first" },
          { key: "LICENCE-TWO-BBBB2222", product: "second" },
        ],
      },
    },
  ));
