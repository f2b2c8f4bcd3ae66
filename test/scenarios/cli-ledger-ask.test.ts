import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { heldServer } from "../fakes/held-server.ts";
import { type CliRun, type CliWorld, cliWorld, hashOf } from "./cli-world.ts";

let world: CliWorld;

beforeAll(async () => {
  world = await cliWorld();
  world.askFor("a", "b");
  expect((await world.provision(["--operator", "=Ada", "--work-order", "WO-1"])).code).toBe(0);
  world.ask("c.fingerprint.txt", "fp-c-0001\nc-device\n");
  expect((await world.provision(["--operator", "Bo", "--work-order", "WO-2", "--ttl-days", "30"])).code).toBe(0);
});

afterAll(async () => {
  await world?.close();
});

function ask(...args: readonly string[]): Promise<CliRun> {
  return world.station(["ledger", "ask", ...args]);
}

async function rows(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const run = await ask(...args, "--json");
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout).rows;
}

describe("station ledger ask", () => {
  test("devices: each file of the period and the work order, with the fingerprint that it answers", async () => {
    const all = await rows("devices");
    // The second run renews what still lies on the stick.
    expect(all.map(({ device_name, work_order }) => [work_order, device_name].join(" ")).toSorted()).toEqual([
      "WO-1 a-device",
      "WO-1 b-device",
      "WO-2 a-device",
      "WO-2 b-device",
      "WO-2 c-device",
    ]);
    expect(all.find(({ device_name }) => device_name === "c-device")).toMatchObject({
      fingerprint: "fp-c-0001",
      fingerprint_sha256: hashOf("fp-c-0001"),
      operator: "Bo",
      delivered: true,
    });
    const today = new Date().toISOString().slice(0, 10);
    expect(await rows("devices", "--from", today, "--to", today, "--work-order", "WO-1")).toHaveLength(2);
    expect(await rows("devices", "--to", "2001-01-01")).toEqual([]);
  });

  test.each(["fp-a-0001", hashOf("fp-a-0001"), "A-Device"])("device %s: everything about it", async (device) => {
    const types = (await rows("device", device)).map(({ type }) => type);
    expect(types.filter((type) => type === "machine-file.issued")).toHaveLength(2);
    expect(types[0]).toBe("batch.started");
    expect(types.at(-1)).toBe("batch.finished");
  });

  test("a device that the ledger does not know has no rows, and the plain answer says so", async () => {
    expect(await rows("device", "nobody")).toEqual([]);
    expect((await ask("device", "nobody")).stderr).toContain("nothing of this");
  });

  test("expiring: the newest file of each device", async () => {
    expect(await rows("expiring", "--days", "29")).toEqual([]);
    expect((await rows("expiring", "--days", "31")).map(({ device_name }) => device_name)).toHaveLength(3);
  });

  test("counts: by operator and by work order", async () => {
    expect(await rows("counts", "--by", "operator")).toEqual([
      { name: "=Ada", batches: 1, delivered: 2, failed: 0, skipped: 0 },
      { name: "Bo", batches: 1, delivered: 3, failed: 0, skipped: 0 },
    ]);
    expect((await rows("counts", "--by", "work-order")).map(({ name }) => name)).toEqual(["WO-1", "WO-2"]);
  });

  test("the plain answer is a table with a head, every row in one line", async () => {
    const { stdout, code } = await ask("counts", "--by", "operator");
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "NAME  BATCHES  DELIVERED  FAILED  SKIPPED",
        "=Ada  1        2          0       0",
        "Bo    1        3          0       0",
        "",
      ].join("\n"),
    );
  });

  test("--csv writes a new file without a cell that a spreadsheet would run, and never replaces one", async () => {
    const file = join(world.home, "..", "answer.csv");
    expect((await ask("counts", "--by", "operator", "--csv", file)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe("name,batches,delivered,failed,skipped\r\n'=Ada,1,2,0,0\r\nBo,1,3,0,0\r\n");
    expect((await ask("devices", "--csv", file)).code).toBe(2);
    const link = join(world.home, "..", "link.csv");
    symlinkSync(join(world.home, "nowhere"), link);
    expect((await ask("devices", "--csv", link)).code).toBe(2);
    expect(readFileSync(file, "utf8")).toContain("=Ada");
  });

  test.each([
    [],
    ["who"],
    ["device"],
    ["devices", "more"],
    ["expiring"],
    ["expiring", "--days", "soon"],
    ["counts"],
    ["counts", "--by", "weather"],
    ["counts", "--by", "operator", "--days", "3"],
    ["devices", "--from", "yesterday"],
    ["devices", "--from", "2026-02-01", "--to", "2026-01-01"],
  ])("%j is not understood: exit 2 and nothing on standard output", async (...args) => {
    expect(await ask(...args, "--json")).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("station ledger report", () => {
  test("the page carries the SHA-256 of the bundle's entries.jsonl, as does the one in the bundle", async () => {
    const page = join(world.home, "..", "report.html");
    const bundle = join(world.home, "..", "bundle");
    expect((await world.station(["ledger", "report", "--out", page, "--language", "de"])).code).toBe(0);
    expect((await world.station(["ledger", "export", "--out", bundle], { env: { STATION_CHROMIUM: "" } })).code).toBe(
      0,
    );
    const digest = hashOf(readFileSync(join(bundle, "entries.jsonl"), "utf8"));
    expect(readFileSync(page, "utf8")).toContain(digest);
    expect(readFileSync(page, "utf8")).toContain('<html lang="de">');
    expect(readFileSync(join(bundle, "report.html"), "utf8")).toContain(digest);
    expect(existsSync(join(bundle, "report.pdf"))).toBe(false);
  });

  test("where no Chromium is found the page is written instead of a PDF, and the answer says so", async () => {
    const out = join(world.home, "..", "plain.pdf");
    const run = await world.station(["ledger", "report", "--out", out, "--json"], { env: { STATION_CHROMIUM: "" } });
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ printed: false, out: out.replace(".pdf", ".html") });
    expect(run.stderr).toContain("No Chromium");
    expect(existsSync(out)).toBe(false);
    expect(existsSync(out.replace(".pdf", ".html"))).toBe(true);
  });

  test.each([[], ["--out", "report.txt"], ["--out", "r.html", "--language", "fr"]])(
    "%j is refused",
    async (...args) => {
      expect((await world.station(["ledger", "report", ...args])).code).toBe(2);
    },
  );
});

describe("station ledger reconcile", () => {
  const server = () => [
    "ledger",
    "reconcile",
    "--server",
    "--license",
    world.sandbox.licenseKey,
    "--api",
    world.sandbox.url,
  ];

  test("--server asks about every device of the licence: no difference, exit 0, no seat taken", async () => {
    const before = world.seats();
    const run = await world.station([...server(), "--json"]);
    expect(JSON.parse(run.stdout)).toEqual({ ok: true, seats: 3, agreeing: 3, unanswered: 0, differences: [] });
    expect(run.code).toBe(0);
    expect(world.seats()).toEqual(before);
    expect(run.stdout + run.stderr).not.toContain(world.sandbox.licenseKey);
    expect(run.stderr).toMatch(/^Asking the server about 3 devices\.\n3 seats on the server/);
  });

  test("stopped while the server is asked, it says so and exits as cancelled", async () => {
    const stopping = new AbortController();
    const held = await heldServer(() => stopping.abort());
    try {
      const run = await world.station([...server().slice(0, -1), held.url, "--json"], { signal: stopping.signal });
      expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([4, "CANCELLED"]);
      expect(run.stderr).toBe(
        "Asking the server about 3 devices.\nThe comparison was stopped. Nothing was changed by it. [CANCELLED]\n",
      );
    } finally {
      held.close();
    }
  });

  test("--csv names seats that only one side knows: exit 1", async () => {
    const list = join(world.home, "..", "seats.csv");
    writeFileSync(list, "fingerprint,device_name\nfp-a-0001,a-device\nfp-b-0001,other\nfp-z-0001,stranger\n");
    const run = await world.station(["ledger", "reconcile", "--csv", list, "--json"]);
    expect(run.code).toBe(1);
    const { differences, ...rest } = JSON.parse(run.stdout);
    expect(rest).toEqual({ ok: false, seats: 3, agreeing: 1, unanswered: 0 });
    expect(differences.map(({ kind, device_name }: Record<string, unknown>) => [kind, device_name])).toEqual([
      ["name-differs", "b-device"],
      ["seat-unlogged", "stranger"],
      ["seat-gone", "c-device"],
    ]);
  });

  test("a list that is no list, or both ways at once, or none, is refused", async () => {
    const list = join(world.home, "..", "no.csv");
    writeFileSync(list, Buffer.from([0xff, 0xfe, 0x00]));
    for (const args of [
      ["--csv", list],
      ["--csv", join(list, "deeper")],
      [],
      ["--server", "--csv", list],
      ["--server"],
    ])
      expect((await world.station(["ledger", "reconcile", ...args])).code).toBe(2);
  });

  test("a server that does not answer is exit 4", async () => {
    const run = await world.station([
      "ledger",
      "reconcile",
      "--server",
      "--license",
      world.sandbox.licenseKey,
      "--api",
      "http://127.0.0.1:9/api/v1",
    ]);
    expect(run.code).toBe(4);
  });
});
