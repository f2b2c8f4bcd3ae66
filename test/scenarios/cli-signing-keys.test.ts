import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inBatchWorld } from "./batch-world.ts";
import { batchOf, type CliWorld, fingerprintsOf, inWorld, statuses } from "./cli-world.ts";
import { quietHooks } from "./workbench.ts";

const strangerKey = Buffer.alloc(32, 9).toString("base64");

/** The server signs with a new key from now on. */
async function rotate(world: CliWorld, withdrawOld = false): Promise<void> {
  const body = JSON.stringify({ withdraw_old: withdrawOld });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(new URL("/_control/rotate-key", world.sandbox.url), { method: "POST", headers, body });
  expect(answer.ok).toBe(true);
}

function pin(world: CliWorld, keys: Readonly<Record<string, string>>): readonly string[] {
  const file = join(world.home, "..", "pinned.json");
  writeFileSync(file, JSON.stringify(keys));
  return ["--signing-keys", file];
}

test("the first key is recorded; another one stops the batch with its seats known, until somebody accepts it", () =>
  inWorld(
    async (world) => {
      const { keyId, publicKey } = world.sandbox;
      world.askFor("a");
      expect((await world.provision(["--operator", "Ada"])).code).toBe(0);
      expect(world.entries("signing-key.trusted")).toMatchObject([
        { api: world.sandbox.url, kid: keyId, public_key: publicKey, how: "first-use", operator: "Ada" },
      ]);
      await rotate(world);
      world.askFor("b", "c");

      const stopped = await world.provision();
      expect(stopped.code).toBe(3);
      const { error } = batchOf(stopped);
      expect(error).toMatchObject({ code: "SIGNING_KEY_CHANGED", details: { recorded_kid: keyId } });
      const newKid = String(error?.details?.["kid"]);
      expect(newKid).not.toBe(keyId);
      expect(error?.message).toContain(`--accept-signing-key ${newKid}`);
      expect(Object.values(statuses(stopped))).not.toContain("delivered");
      expect(world.batches()).toHaveLength(1);
      expect(new Set(world.entries("activation.recorded").map((entry) => entry["activation_id"]))).toEqual(
        new Set(world.sandbox.activations().map((seat) => seat.activation_id)),
      );
      expect(world.entries("signing-key.changed")).toMatchObject([
        { kid: newKid, recorded_kid: keyId, recorded_public_key: publicKey },
      ]);

      const unaccepted = await world.resume();
      expect([unaccepted.code, batchOf(unaccepted).error?.code]).toEqual([3, "SIGNING_KEY_CHANGED"]);
      const wrongOne = await world.resume(["--accept-signing-key", "some-other-key"]);
      expect([wrongOne.code, batchOf(wrongOne).error?.code]).toEqual([3, "SIGNING_KEY_CHANGED"]);
      const accepted = await world.resume(["--accept-signing-key", newKid]);
      expect(accepted.code).toBe(0);
      expect(batchOf(accepted).batch).toBe(batchOf(stopped).batch);
      expect(statuses(accepted)).toEqual({ a: "delivered", b: "delivered", c: "delivered" });
      expect(world.entries("signing-key.trusted").map(({ how }) => how)).toEqual(["first-use", "accepted"]);
      expect(await world.expectSound(fingerprintsOf("a", "b", "c"))).toEqual([]);

      // Both keys go to the auditor, and both batches open under them.
      const keys = join(world.home, "..", "keys");
      await world.station(["keys", "export", "--out", keys]);
      expect(Object.keys(JSON.parse(readFileSync(join(keys, "licensing-keys.json"), "utf8"))).sort()).toEqual(
        [keyId, newKid].sort(),
      );
      const verified = await world.station(
        ["verify", "--stick", world.stick, "--keys", keys, "--license", world.sandbox.licenseKey],
        { env: { STATION_HOME: undefined } },
      );
      expect(verified.stderr).toContain("is what was signed");
      expect(verified.code).toBe(0);
    },
    { control: true },
  ));

test("a pinned key is believed without asking the server, and is recorded as pinned", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const { keyId, publicKey } = world.sandbox;
    world.sandbox.misbehave([{ match: { action: "signing-keys" }, fault: "status", status: 404, code: "not_found" }]);
    const ended = await world.provision([...pin(world, { [keyId]: publicKey, spare: strangerKey })]);
    expect(ended.code).toBe(0);
    expect(world.entries("signing-key.trusted")).toMatchObject([
      { kid: keyId, public_key: publicKey, how: "pinned" },
      { kid: "spare", how: "pinned" },
    ]);
  }));

test("with other keys pinned, the server's own key is not trusted on first use", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const ended = await world.provision(pin(world, { "another-key": strangerKey }));
    expect([ended.code, batchOf(ended).error?.code]).toEqual([3, "SIGNING_KEY_CHANGED"]);
    expect(world.batches()).toEqual([]);
    expect(world.entries("activation.recorded")).toHaveLength(world.seats().length);
  }));

test("a pinned key under the server's own key id refuses every file the server signs", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    const ended = await world.provision(pin(world, { [world.sandbox.keyId]: strangerKey }));
    expect(ended.code).toBe(1);
    expect(statuses(ended)).toEqual({ a: "CREDENTIAL_SIGNATURE", b: "CREDENTIAL_SIGNATURE" });
    expect(batchOf(ended).delivery).toBeNull();
    expect(world.batches()).toEqual([]);
    expect(world.seats()).toEqual(fingerprintsOf("a", "b"));
  }));

test("another key under a recorded key id is a changed key, not a bad file", () =>
  inWorld(async (world) => {
    world.askFor("a");
    expect((await world.provision()).code).toBe(0);
    world.askFor("b");
    world.sandbox.misbehave([{ match: { action: ["machine-file", "signing-keys"] }, fault: "other-key" }]);
    const stopped = await world.provision();
    expect([stopped.code, batchOf(stopped).error?.code]).toEqual([3, "SIGNING_KEY_CHANGED"]);
    expect(world.batches()).toHaveLength(1);
    world.sandbox.misbehave([]);
    expect((await world.resume()).code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a", "b"))).toEqual([]);
  }));

test.each([
  ["not JSON", "{"],
  ["a member twice", `{"k":"${strangerKey}","k":"${strangerKey}"}`],
  ["no key at all", "{}"],
  ["a key of 31 bytes", `{"k":"${Buffer.alloc(31).toString("base64")}"}`],
  ["base64 without padding", `{"k":"${strangerKey.replace(/=+$/, "")}"}`],
])("a file of pinned keys that is %s is wrong usage", (_, text) =>
  inWorld(async (world) => {
    world.askFor("a");
    const file = join(world.home, "..", "pinned.json");
    writeFileSync(file, text);
    const ended = await world.provision(["--signing-keys", file]);
    expect(ended.code).toBe(2);
    expect(world.seats()).toEqual([]);
  }),
);

test("pinned keys outlive a crash right after the batch began", () =>
  inBatchWorld(async (world) => {
    world.askFor("a");
    const died = new Error("the process died");
    const hooks = {
      ...quietHooks(),
      started: () => {
        throw died;
      },
    };
    const api = { pinnedKeys: new Map([["another-key", new Uint8Array(32).fill(9)]]) };
    await expect(world.provision({ hooks, api })).rejects.toBe(died);
    expect(await world.resume()).toEqual({ problem: "SIGNING_KEY_CHANGED", devices: { a: "waiting" } });
    expect(world.delivered()).toEqual([]);
  }));
