import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { noteKey } from "#shared/formats/signed-note.ts";
import type { KeyUse } from "../../electron/engine/keys/index.ts";
import { batchOf, type CliWorld, inWorld } from "./cli-world.ts";

const uses: readonly KeyUse[] = ["ledger", "manifest", "minisign"];

test("keys rotate one by one, and sticks of before and after verify under the newest export alone", async () => {
  await inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const before = copyOfStick(world, "before");
    for (const use of uses) await rotate(world, use);
    await rotate(world, "ledger");
    world.askFor("b");
    await world.provision();
    const keys = await exportKeys(world, "keys");

    expect(readdirSync(keys).sort()).toEqual([
      "key-history.json",
      "ledger-1.pem",
      "ledger-2.pem",
      "ledger.pem",
      "ledger.vkey",
      "licensing-keys.json",
      "manifest-1.pem",
      "manifest.pem",
      "minisign-1.pub",
      "minisign.pub",
    ]);
    expect(await verdict(world, before, keys)).toEqual([0, []]);
    expect(await verdict(world, world.stick, keys)).toEqual([0, []]);
    expect((await world.station(["ledger", "verify"])).code).toBe(0);
  });
});

test("a rotation is told with its entry and both fingerprints, and the operator is in the ledger", async () => {
  await inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const run = await world.station(["keys", "rotate", "--use", "manifest", "--operator", "M. Okafor", "--json"]);
    const [entry] = world.entries("key.rotated");
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual({
      station: expect.any(String),
      use: "manifest",
      entry: world.entries().length - 1,
      old: fingerprint(entry?.["old_public_key"]),
      new: fingerprint(entry?.["new_public_key"]),
    });
    expect(entry).toMatchObject({ use: "manifest", operator: "M. Okafor" });
  });
});

test("a stick is refused when the history beside the keys was taken away or leads elsewhere", async () => {
  await inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    await rotate(world, "manifest");
    const keys = await exportKeys(world, "keys");
    const history = readFileSync(join(keys, "key-history.json"), "utf8");
    writeFileSync(join(keys, "key-history.json"), history.replace('"index":', '"index":1'));
    expect((await verdict(world, world.stick, keys))[0]).toBe(0);
    writeFileSync(join(keys, "key-history.json"), history.replace(/"index":\d+/, '"index":1'));
    expect((await verdict(world, world.stick, keys))[1]).toContainEqual(expect.stringContaining("manifest.dsse.json"));
    writeFileSync(join(keys, "key-history.json"), history.replace('"use":"manifest"', '"use":"minisign"'));
    expect(await verdict(world, world.stick, keys)).toEqual([5, ["VERIFY_KEYS"]]);
  });
});

test.each(uses)("a crash after beginning to rotate the %s key leaves the old key at work", async (use) => {
  await inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const station = await world.open();
    const old = station.keys.publicKey(use);
    station.keys.beginRotation(use);
    await station.close();
    expect((await world.station(["ledger", "verify"])).code).toBe(0);
    const again = await world.open();
    expect([again.keys.publicKey(use), again.keys.pendingRotations()]).toEqual([old, []]);
    await again.close();
  });
});

test.each(uses)("a crash after the ledger said that the %s key rotated is finished at the next start", async (use) => {
  await inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const station = await world.open();
    const rotation = station.keys.beginRotation(use);
    const next = station.keys.nextKey(use);
    if (next === null) throw new Error("no key was begun");
    const signer = { key: noteKey(station.name, next.publicKey), sign: next.sign };
    station.ledger.append([rotation], [], use === "ledger" ? { signer } : {});
    // The process ends here; nothing after the append has run.
    await station.close();

    expect((await world.station(["ledger", "verify"])).code).toBe(0);
    const again = await world.open();
    expect(again.keys.publicKey(use)).toEqual(next.publicKey);
    expect(again.keys.pendingRotations()).toEqual([]);
    await again.close();
    world.askFor("b");
    expect(batchOf(await world.provision()).devices.map(({ status }) => status)).not.toContain("failed");
    expect((await verdict(world, world.stick, await exportKeys(world, "keys")))[1]).toEqual([]);
  });
});

async function rotate(world: CliWorld, use: KeyUse): Promise<void> {
  const { code, stderr } = await world.station(["keys", "rotate", "--use", use]);
  if (code !== 0) throw new Error(stderr);
}

async function exportKeys(world: CliWorld, name: string): Promise<string> {
  const out = join(world.home, "..", name);
  await world.station(["keys", "export", "--out", out]);
  return out;
}

function copyOfStick(world: CliWorld, name: string): string {
  const copy = join(world.home, "..", name);
  cpSync(world.stick, copy, { recursive: true });
  return copy;
}

/** Exit code and what is blamed. */
async function verdict(
  world: CliWorld,
  stick: string,
  keys: string,
): Promise<readonly [number | null, readonly string[]]> {
  const { code, stdout } = await world.station(["verify", "--stick", stick, "--keys", keys, "--json"]);
  const said = JSON.parse(stdout) as {
    batches: readonly { problems: readonly { path: string; message: string }[] }[];
    error?: { code: string };
  };
  if (said.error !== undefined) return [code, [said.error.code]];
  return [code, said.batches.flatMap(({ problems }) => problems.map(({ path, message }) => `${path}: ${message}`))];
}

function fingerprint(base64: unknown): string {
  return publicKeyFingerprint(new Uint8Array(Buffer.from(String(base64), "base64")));
}
