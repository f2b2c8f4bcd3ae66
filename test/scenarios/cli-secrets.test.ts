import { createPrivateKey, createPublicKey } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { base64, fromBase64 } from "#shared/formats/encoding.ts";
import { accountSecretFile } from "../../electron/engine/keys/index.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import { createStation } from "../../electron/engine/station.ts";
import { batchOf, type CliRun, type CliWorld, hashOf, inWorld } from "./cli-world.ts";

const pooled = "LICENCE-ONE-AAAA1111";
const own = "LICENCE-TWO-BBBB2222";
const dead = "LICENCE-DEAD-DDDD444";
const unknown = "LICENCE-NOBODY-EEE5";
const wrongApiKey = "pk_wrong_0123456789abcdef";

/** Makes the home, remembering what chance gave it: whichever 32 bytes are the seed of one of its keys are private. */
async function makeHome(world: CliWorld): Promise<readonly Uint8Array[]> {
  const drawn: Uint8Array[] = [];
  const random = {
    bytes: (length: number) => {
      const bytes = systemRandom.bytes(length);
      drawn.push(bytes.slice());
      return bytes;
    },
  };
  const file = accountSecretFile(world.env, "linux", world.home);
  const sealing = { custody: "account", file } as const;
  const station = await createStation({ home: world.home, sealing, name: "bench", version: "test", env: {}, random });
  const known = new Set(
    (["ledger", "manifest", "minisign"] as const).map((use) => base64(station.keys.publicKey(use))),
  );
  await station.close();
  const seeds = drawn.filter((bytes) => bytes.length === 32 && known.has(publicOf(bytes)));
  expect(seeds).toHaveLength(3);
  return [...seeds, new Uint8Array(readFileSync(file))];
}

function publicOf(seed: Uint8Array): string {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  return base64(new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-32)));
}

/** Everything a run leaves behind, by where it was found. */
function everything(world: CliWorld, runs: readonly CliRun[], folders: readonly string[]): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const [i, { stdout, stderr }] of runs.entries()) {
    found.set(`standard output of run ${i}`, Buffer.from(stdout));
    found.set(`standard error of run ${i}`, Buffer.from(stderr));
  }
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const path = join(folder, name);
      found.set(
        path,
        Buffer.concat([Buffer.from(`${name}\n`), statSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0)]),
      );
    }
  }
  return found;
}

/** A secret as it may have slipped through: itself, in hex, in base64, percent-encoded, in any letter case. */
function forms(secret: Uint8Array): readonly string[] {
  const bytes = Buffer.from(secret);
  const texts = [
    bytes.toString("latin1"),
    bytes.toString("hex"),
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ];
  return [...texts, encodeURIComponent(bytes.toString("latin1"))].map((text) => text.replace(/=+$/, "").toLowerCase());
}

test("after good and bad runs of every command, no secret is in clear anywhere but in the request that brought it", () =>
  inWorld(
    async (world) => {
      const { home, stick, sandbox } = world;
      const privateBytes = await makeHome(world);
      world.askFor("a", "b");
      world.ask(
        "fingerprints.csv",
        `fingerprint,device_name,license_key\r\nfp-c-0001,c-device,${own}\r\nfp-d-0001,,${unknown}\r\n`,
      );
      world.ask("odd.fingerprint.json", `{"fingerprint":"fp-e-0001","note":"${pooled}"}`);
      const out = (name: string) => join(home, "..", name);
      const wrongFile = out("wrong-key");
      writeFileSync(wrongFile, wrongApiKey);
      const runs: CliRun[] = [];
      const run = async (...args: readonly string[]) => void runs.push(await world.station(args));
      const provision = async (...more: readonly string[]) =>
        void runs.push(await world.provision(["--license", dead, "--license", pooled, ...more]));

      await provision("--dry-run");
      await provision("--api-key-file", wrongFile);
      await run("resume", "--stick", stick);
      sandbox.misbehave([{ match: { action: "machine-file", nth: 1 }, fault: "redirect" }]);
      await provision();
      // The batch is open: this is when the station has to know the keys.
      const whileOpen = everything(world, [], [home]);
      sandbox.misbehave([{ match: { action: "activate" }, fault: "wrong-license" }]);
      await run("resume", "--stick", stick, "--json");
      sandbox.misbehave([]);
      await provision();
      await run("provision", "--stick", stick, "--product", sandbox.product, "--license", pooled, pooled);
      await run("provision", "--stick", stick, "--product", sandbox.product, "--license", pooled, `--${own}`);
      await run("keys", "export", "--out", out("keys"));
      await run("ledger", "export", "--out", out("export"));
      await run("ledger", "show");
      await run("ledger", "show", "--json");
      await run("verify", "--stick", stick, "--keys", out("keys"), "--license", pooled, "--json");
      await run("verify", "--stick", stick, "--keys", out("keys"), "--license", dead);
      const file = batchOf((await world.provision(["--license", pooled])) satisfies CliRun).devices[0]?.file ?? "";
      const judge = ["--fingerprint", "fp-a-0001", "--public-key", sandbox.publicKey];
      await run("verify-file", join(stick, file), "--license", own, ...judge);

      const secrets = new Map<string, Uint8Array>(
        [pooled, own, dead, unknown, sandbox.apiKey, wrongApiKey].map((text) => [text, Buffer.from(text)]),
      );
      for (const [i, bytes] of privateBytes.entries()) secrets.set(`private key ${i}`, bytes);
      const places = new Map([...whileOpen, ...everything(world, runs, [home, stick, out("keys"), out("export")])]);
      const leaks: string[] = [];
      for (const [place, bytes] of places) {
        const text = bytes.toString("latin1").toLowerCase();
        for (const [name, secret] of secrets)
          if (forms(secret).some((form) => text.includes(form))) leaks.push(`${name} in ${place}`);
      }
      // What the operator put on the stick is the operator's own.
      expect(leaks.sort()).toEqual(
        [
          `${own} in ${join(stick, "fingerprints.csv")}`,
          `${unknown} in ${join(stick, "fingerprints.csv")}`,
          `${pooled} in ${join(stick, "odd.fingerprint.json")}`,
        ].sort(),
      );

      // A test that looks in the wrong places finds nothing either: what may be told of a key is there.
      const ledger = JSON.stringify(world.entries());
      expect(ledger).toContain(hashOf(pooled));
      expect(ledger).toContain(`"last4":"1111"`);
      expect(places.size).toBeGreaterThan(40);
      const sealed = JSON.parse(readFileSync(join(home, "keys", "keys.json"), "utf8")).keys[0].seed;
      expect(fromBase64(sealed)?.length).toBeGreaterThan(32);
    },
    {
      config: {
        products: [{ slug: "rehearsal-product", name: "Rehearsal" }],
        licenses: [
          { key: pooled, product: "rehearsal-product" },
          { key: own, product: "rehearsal-product" },
          { key: dead, product: "rehearsal-product", status: "suspended" },
        ],
      },
    },
  ));

test("keys under a passphrase: made with it, opened with it alone, and each mistake says what to do", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const passphrase = "correct horse battery";
    const short = await world.provision([], { env: { STATION_PASSPHRASE: "short" } });
    expect(short.code).toBe(2);
    expect(short.stderr).toContain("at least 8 characters");
    const made = await world.provision([], { env: { STATION_PASSPHRASE: passphrase } });
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("Its keys are sealed with your passphrase.");

    const errorOf = ({ stdout, code }: CliRun) => [
      code,
      JSON.parse(stdout).error.code,
      JSON.parse(stdout).error.message,
    ];
    expect(errorOf(await world.provision())).toEqual([
      3,
      "SECRET_MISSING",
      expect.stringMatching(/STATION_PASSPHRASE.*--passphrase-file/),
    ]);
    const wrong = await world.provision([], { env: { STATION_PASSPHRASE: "correct horse batterie" } });
    expect(errorOf(wrong)).toEqual([3, "KEYS_UNREADABLE", expect.stringContaining("Try again")]);
    expect(wrong.stdout + wrong.stderr).not.toContain("batterie");
    const file = join(world.home, "..", "passphrase");
    writeFileSync(file, `${passphrase}\n`);
    const again = await world.provision(["--passphrase-file", file]);
    expect([again.code, batchOf(again).devices[0]?.renewal]).toEqual([0, true]);
    writeFileSync(file, "\n");
    expect(errorOf(await world.provision(["--passphrase-file", file])).slice(0, 2)).toEqual([3, "SECRET_MISSING"]);
    for (const bytes of everything(world, [made, wrong], [world.home]).values())
      expect(bytes.toString("latin1")).not.toContain("correct horse");
  }));

test("an account's keys do not open with a passphrase", () =>
  inWorld(async (world) => {
    world.askFor("a");
    expect((await world.provision()).code).toBe(0);
    const ended = await world.provision([], { env: { STATION_PASSPHRASE: "correct horse battery" } });
    expect([ended.code, JSON.parse(ended.stdout).error.code]).toEqual([3, "KEYS_UNREADABLE"]);
  }));
