import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { batchIds, batchOf, fingerprintsOf, hashOf, inWorld, statuses } from "./cli-world.ts";

const list = "fingerprint,device_name,serial,asset_tag\r\nfp-c-0001,c-device,SN1,A1\r\nfp-d-0001,,,\r\n";
const json = JSON.stringify({
  fingerprint: "fp-b-0001",
  device_name: "b-device",
  fingerprint_components: { cpu: "x" },
});

test("all three forms are provisioned, and standard output is the one document of FORMATS section 6", () =>
  inWorld(async (world) => {
    world.askFor("a");
    world.ask("line/b.fingerprint.json", json);
    world.ask("fingerprints.csv", list);
    world.ask("empty.fingerprint.txt", "");
    world.ask("photo.jpg", "not ours");
    const foreign = world.foreign();

    const ended = await world.provision([
      "--ttl-days",
      "30",
      "--grace-days",
      "3",
      "--operator",
      "Ada",
      "--work-order",
      "7",
    ]);

    const document = batchOf(ended);
    const batch = document.batch ?? "";
    const device = (letter: string, name: string | null) => ({
      fingerprint: `fp-${letter}-0001`,
      device_name: name,
      status: "delivered",
      file: `PROVISIONING/${batch}/${name ?? "device"}-${hashOf(`fp-${letter}-0001`).slice(0, 8)}.lic`,
      activation_id: world.sandbox.activations().find(({ fingerprint }) => fingerprint === `fp-${letter}-0001`)
        ?.activation_id,
      expires_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
      renewal: false,
      error: null,
    });
    expect(ended.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(document).toEqual({
      batch: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      devices: [device("a", "a-device"), device("c", "c-device"), device("d", null), device("b", "b-device")],
      rejected: [
        { path: "empty.fingerprint.txt", line: null, code: "REQUEST_EMPTY", message: expect.stringMatching(/\.$/) },
      ],
      delivery: {
        folder: `PROVISIONING/${batch}`,
        files: 14,
        bytes: expect.any(Number),
        read_back: expect.stringMatching(/^(?:direct|cached)$/),
        manifest_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        sums_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      error: null,
      finished_first: [],
    });
    expect(ended.code).toBe(1);
    expect(world.foreign()).toEqual(foreign);
    expect(await world.expectSound(fingerprintsOf("a", "b", "c", "d"))).toEqual([]);
    const days = (Date.parse(document.devices[0]?.expires_at ?? "") - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    expect(world.entries("batch.started")).toMatchObject([
      { operator: "Ada", work_order: "7", policy: { ttl_days: 30, grace_days: 3 }, devices: 4, rejected: 1 },
    ]);
    expect(world.entries("request.rejected")).toMatchObject([{ path: "empty.fingerprint.txt", code: "REQUEST_EMPTY" }]);
  }));

test("the stick's second visit is a renewal: no seat more, a new folder, and the index names the newest", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const first = await world.provision();
    const before = world.files(join(world.stick, "PROVISIONING", batchOf(first).batch ?? ""));
    world.askFor("c");
    const second = await world.provision();

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(batchOf(second).devices.map(({ fingerprint, renewal }) => [fingerprint, renewal])).toEqual([
      ["fp-a-0001", true],
      ["fp-b-0001", true],
      ["fp-c-0001", false],
    ]);
    expect(world.seats()).toEqual(fingerprintsOf("a", "b", "c"));
    expect(world.batches()).toHaveLength(2);
    expect(world.batches()).toEqual(batchIds(first, second));
    const index = JSON.parse(readFileSync(join(world.stick, "PROVISIONING", "index.json"), "utf8"));
    for (const letter of ["a", "b", "c"])
      expect(index.devices[hashOf(`fp-${letter}-0001`)].batch).toBe(batchOf(second).batch);
    expect(world.files(join(world.stick, "PROVISIONING", batchOf(first).batch ?? ""))).toEqual(before);
    expect(await world.expectSound(fingerprintsOf("a", "b", "c"))).toEqual([]);
  }));

test("without --json nothing is on standard output, and people read what became of each request", () =>
  inWorld(async (world) => {
    world.askFor("a");
    world.ask("bad.fingerprint.txt", "short\n");
    const { sandbox, stick } = world;
    const args = [
      "--stick",
      stick,
      "--api",
      sandbox.url,
      "--product",
      sandbox.product,
      "--license",
      sandbox.licenseKey,
    ];
    const ended = await world.process(["provision", ...args]).done;
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toMatch(/^New station "station-[0-9a-f]{8}" in .*sealed to your user account/);
    expect(ended.stderr).toContain("bad.fingerprint.txt");
    expect(ended.stderr).toContain("[FINGERPRINT_LENGTH]");
    expect(ended.stderr).toContain("1 delivered, 0 failed or left out, 1 requests refused");
    expect(ended.code).toBe(1);
  }));

test("a stick without a usable request is refused before anything is spent or written", () =>
  inWorld(async (world) => {
    world.ask("bad.fingerprint.txt", "short\n");
    const ended = await world.provision();
    expect(ended.code).toBe(3);
    expect(batchOf(ended)).toMatchObject({
      batch: null,
      devices: [],
      rejected: [{ path: "bad.fingerprint.txt", code: "FINGERPRINT_LENGTH" }],
      delivery: null,
      error: { code: "NO_REQUESTS" },
    });
    expect(world.seats()).toEqual([]);
    expect(world.entries().map(({ type }) => type)).toEqual(["ledger.created"]);
    expect(Object.keys(world.files(world.stick))).toEqual(["bad.fingerprint.txt"]);
  }));

test("an interrupt stops in order: exit 4, seats known, and resume finishes", () =>
  inWorld(
    async (world) => {
      world.askFor("a", "b", "c", "d", "e", "f");
      const interrupt = new AbortController();
      // The seats of the first devices are the sign that work is under way.
      const watch = setInterval(() => {
        if (world.seats().length > 0) interrupt.abort();
      }, 1);
      const ended = await world.provision(["--concurrency", "1"], { signal: interrupt.signal });
      clearInterval(watch);
      expect(ended.code).toBe(4);
      expect(batchOf(ended).error?.code).toBe("CANCELLED");
      const resumed = await world.resume();
      expect(resumed.code).toBe(0);
      expect(Object.values(statuses(resumed))).toEqual(Array.from({ length: 6 }, () => "delivered"));
      expect(await world.expectSound(fingerprintsOf("a", "b", "c", "d", "e", "f"))).toEqual([]);
    },
    { latencyMs: 20 },
  ));

test.each([[[]], [["help"]], [["--help"]], [["-h"]]])("help that was asked for is a result: %j", (args) =>
  inWorld(async (world) => {
    const { code, stdout, stderr } = await world.station(args);
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining("station provision --stick DIR"), ""]);
  }),
);

test.each([
  [["provision"], /--stick is missing/],
  [["provision", "--stick", "x", "--frobnicate"], /'--frobnicate'/],
  [["provision", "--stick", "x", "--product", "Not A Slug"], /--product takes a slug/],
  [["provision", "--stick", "x", "--product", "p", "--ttl-days", "0"], /--ttl-days takes a whole number/],
  [["provision", "--stick", "x", "--product", "p", "--grace-days", "1.5"], /--grace-days takes a whole number/],
  [["provision", "--stick", "x", "--product", "p", "--on-conflict", "guess"], /--on-conflict takes/],
  [["provision", "--stick", "x", "--product", "p", "--api", "ftp://x/api"], /\[API_URL_INVALID\]/],
  [["provision", "--stick", "x", "--product", "p", "--license-file", "/nowhere"], /cannot be read/],
  [["resume", "--stick", "x", "--give-up", "--abandon"], /exclude each other/],
  [["ledger", "polish"], /knows verify, export, checkpoint, show, ask/],
  [["keys", "export"], /--out is missing/],
  [["verify-file", "x", "--license", "k", "--fingerprint", "f", "--public-key", "AA=="], /32 bytes/],
  [["frobnicate"], /station provision --stick DIR/],
])("wrong usage is exit 2, says what, and begins nothing: %j", (args, message) =>
  inWorld(async (world) => {
    world.askFor("a");
    const ended = await world.station(args.map((arg) => (arg === "x" ? world.stick : arg)));
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe("");
    expect(world.entries("batch.started")).toEqual([]);
    expect(Object.keys(world.files(world.stick))).toEqual(["a.fingerprint.txt"]);
  }),
);
