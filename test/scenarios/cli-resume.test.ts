import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MisbehaviourRule } from "../../electron/sandbox/misbehaviour.ts";
import { batchIds, batchOf, type CliRun, type CliWorld, fingerprintsOf, inWorld, statuses } from "./cli-world.ts";

/** Seats go through and files do not: what stops a batch at once, with everything still owed. */
const noFiles: MisbehaviourRule = { match: { action: "machine-file" }, fault: "redirect" };

async function stoppedMidway(world: CliWorld): Promise<CliRun> {
  world.sandbox.misbehave([noFiles]);
  const stopped = await world.provision();
  expect([stopped.code, batchOf(stopped).error?.code]).toEqual([4, "API_REDIRECT"]);
  world.sandbox.misbehave([]);
  return stopped;
}

test("with nothing owed, resume says so and is done", () =>
  inWorld(async (world) => {
    const ended = await world.resume();
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toEqual({
      batch: null,
      devices: [],
      rejected: [],
      delivery: null,
      error: null,
      batches: [],
    });
    expect(ended.stderr).toContain("Nothing to resume");
  }));

test("resume reports what provision would have: devices, refused requests, delivery", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    world.ask("bad.fingerprint.txt", "short\n");
    const stopped = await stoppedMidway(world);
    expect(stopped.stderr).toContain(`station resume --stick ${world.stick}`);
    const resumed = await world.resume();
    const { batch } = batchOf(stopped);
    expect(batchOf(resumed)).toMatchObject({
      batch,
      devices: [
        { fingerprint: "fp-a-0001", status: "delivered", renewal: false, error: null },
        { fingerprint: "fp-b-0001", status: "delivered", renewal: false, error: null },
      ],
      rejected: [{ path: "bad.fingerprint.txt", line: null, code: "FINGERPRINT_LENGTH" }],
      delivery: { folder: `PROVISIONING/${batch}` },
      error: null,
    });
    for (const { file } of batchOf(resumed).devices) expect(existsSync(join(world.stick, file ?? ""))).toBe(true);
    // Refused requests count as devices somebody waits for.
    expect(resumed.code).toBe(1);
    expect(world.entries("batch.finished")).toMatchObject([{ batch, delivered: 2, failed: 0, resumed: true }]);
    expect(await world.expectSound(fingerprintsOf("a", "b"))).toEqual([]);
  }));

test("resume needs no job: product, policy, names and keys are those the batch began with", () =>
  inWorld(async (world) => {
    world.ask("a.fingerprint.json", '{"fingerprint":"fp-a-0001","fingerprint_components":{"cpu":"7"},"serial":"S1"}');
    world.sandbox.misbehave([noFiles]);
    await world.provision(["--ttl-days", "45", "--grace-days", "5", "--operator", "Ada"]);
    world.sandbox.misbehave([]);
    // Not even the request is needed any more.
    writeFileSync(join(world.stick, "a.fingerprint.json"), "{}");
    const resumed = await world.resume([], { env: { LICENSESEAT_API_KEY: undefined } });
    expect(resumed.code).toBe(0);
    expect(world.entries("machine-file.issued")).toMatchObject([{ grace_seconds: 5 * 86_400, serial: "S1" }]);
  }));

test("provision finishes what is owed on the stick first, then does its own work", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const stopped = await stoppedMidway(world);
    world.askFor("b");
    const ended = await world.provision();
    expect(ended.code).toBe(0);
    expect(batchOf(ended).finished_first).toEqual([batchOf(stopped).batch]);
    expect(statuses(ended)).toEqual({ a: "delivered", b: "delivered" });
    expect(world.batches()).toEqual(batchIds(stopped, ended));
    expect(await world.expectSound(fingerprintsOf("a", "b"))).toEqual([]);
  }));

test("what is owed and still cannot be done stops provision before it begins another batch", () =>
  inWorld(async (world) => {
    world.askFor("a");
    world.sandbox.misbehave([noFiles]);
    const stopped = await world.provision();
    world.askFor("b");
    const again = await world.provision();
    expect([again.code, batchOf(again).batch]).toEqual([4, batchOf(stopped).batch]);
    expect(world.entries("batch.started")).toHaveLength(1);
    expect(world.seats()).toEqual(fingerprintsOf("a"));
  }));

test("give-up delivers what is issued and closes the rest as failed, with its seat told", () =>
  inWorld(async (world) => {
    world.askFor("a", "b", "c");
    world.sandbox.misbehave([{ ...noFiles, match: { action: "machine-file", fingerprint: "fp-b-0001" } }]);
    expect((await world.provision(["--concurrency", "1"])).code).toBe(4);
    const ended = await world.resume(["--give-up"]);
    expect(ended.code).toBe(1);
    const byLetter = statuses(ended);
    expect(byLetter["a"]).toBe("delivered");
    expect(byLetter["b"]).toBe("CANCELLED");
    expect(Object.values(byLetter).filter((status) => status !== "delivered" && status !== "CANCELLED")).toEqual([]);
    const failed = world.entries("device.failed");
    expect(failed[0]).toMatchObject({ device_name: "b-device", stage: "issue", code: "CANCELLED", seat: "taken" });
    expect((await world.resume()).code).toBe(0);
    world.sandbox.misbehave([]);
    expect((await world.provision()).code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a", "b", "c"))).toEqual([]);
  }));

test("give-up with nothing issued closes the batch without a delivery", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision([], { env: { LICENSESEAT_API_KEY: "pk_wrong" } });
    const ended = await world.resume(["--give-up"]);
    expect([ended.code, batchOf(ended).delivery]).toEqual([1, null]);
    expect(world.entries("device.failed")).toMatchObject([{ stage: "activate", seat: "unknown" }]);
    expect(readdirSync(join(world.stick, "PROVISIONING"))).toEqual([]);
    expect(world.seats()).toEqual([]);
  }));

test("abandon closes the batch, leaves the stick as it was, and the next batch finds the seats", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const stopped = await stoppedMidway(world);
    const seats = world.seats();
    const ended = await world.resume(["--abandon"]);
    expect(ended.code).toBe(0);
    expect(world.entries("batch.abandoned")).toMatchObject([
      { batch: batchOf(stopped).batch, seats_unknown: 2, reason: "operator" },
    ]);
    expect(readdirSync(join(world.stick, "PROVISIONING"))).toEqual([]);
    expect(world.seats()).toEqual(seats);
    expect((await world.resume()).stderr).toContain("Nothing to resume");
    expect((await world.provision()).code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a", "b"))).toEqual([]);
  }));

test("a batch begun against another address that took no seat is superseded", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const wrong = await world.provision(["--api", "http://127.0.0.1:9/api/v1"], { signal: AbortSignal.timeout(300) });
    expect(wrong.code).toBe(4);
    const right = await world.provision();
    expect(right.code).toBe(0);
    expect(batchOf(right).finished_first).toEqual([]);
    expect(world.entries("batch.abandoned")).toMatchObject([{ batch: batchOf(wrong).batch, reason: "superseded" }]);
    expect(readdirSync(join(world.stick, "PROVISIONING")).sort()).toEqual([...batchIds(right), "index.json"]);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
  }));

test("a batch that did take a seat is not superseded by another address: it is finished where it began", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const stopped = await stoppedMidway(world);
    const other = world.sandbox.url.replace("127.0.0.1", "localhost");
    const ended = await world.provision(["--api", other]);
    expect(batchOf(ended).finished_first).toEqual([batchOf(stopped).batch]);
    expect(world.entries("batch.abandoned")).toEqual([]);
    expect(world.entries("batch.started").map(({ api }) => api)).toEqual([world.sandbox.url, other]);
  }));

test("secrets lost: resume says what to do, and provisioning again finds the seats", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await stoppedMidway(world);
    writeFileSync(join(world.home, "keys", "secrets.json"), "");
    const damaged = await world.resume();
    expect([damaged.code, JSON.parse(damaged.stdout).error.code]).toEqual([3, "KEYS_UNREADABLE"]);
    // As the message says: removed, and the keys given again.
    rmSync(join(world.home, "keys", "secrets.json"));
    const missing = await world.resume();
    expect([missing.code, batchOf(missing).error?.code]).toEqual([3, "SECRET_MISSING"]);
    expect(batchOf(missing).error?.message).toContain("Provision the stick again");
    const givenUp = await world.resume(["--give-up"]);
    expect([givenUp.code, batchOf(givenUp).error?.code]).toEqual([3, "SECRET_MISSING"]);
    expect(world.entries("device.failed")).toEqual([]);
    const again = await world.provision();
    expect(again.code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
  }));
