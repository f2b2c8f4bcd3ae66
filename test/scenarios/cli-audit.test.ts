import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliRun, type CliWorld, cliWorld, hashOf } from "./cli-world.ts";

let world: CliWorld;
let keys: string;
const alone = { env: { STATION_HOME: undefined, LICENSESEAT_API_KEY: undefined } };

beforeAll(async () => {
  world = await cliWorld();
  keys = join(world.home, "..", "keys");
  world.askFor("a", "b");
  await world.provision();
  world.askFor("c");
  await world.provision();
  await world.station(["keys", "export", "--out", keys]);
  // From here on an auditor is alone with stick and keys.
  await world.sandbox.close();
});
afterAll(() => world.close());

function verify(...more: readonly string[]): Promise<CliRun> {
  return world.station(["verify", "--stick", world.stick, "--keys", keys, "--json", ...more], alone);
}

function problemsIn({ stdout }: CliRun): readonly { code: string; path: string }[] {
  return JSON.parse(stdout).batches.flatMap(({ problems }: { problems: object[] }) => problems);
}

function newest(suffix: string): string {
  const folder = join(world.stick, "PROVISIONING", world.batches().at(-1) ?? "");
  return join(folder, readdirSync(folder).find((name) => name.endsWith(suffix)) ?? "");
}

test("the exported keys alone verify the stick: no home, no network", async () => {
  const ended = await verify("--license", world.sandbox.licenseKey);
  expect(JSON.parse(ended.stdout)).toEqual({
    ok: true,
    batches: world.batches().map((batch) => ({ batch, ok: true, problems: [], notes: [] })),
    notes: [],
  });
  expect(ended.code).toBe(0);
});

test("keys export writes five files in the forms of FORMATS section 3, and tells what to compare them by", async () => {
  const ended = await world.station(["keys", "export", "--out", keys, "--json"]);
  const names = ["ledger.pem", "ledger.vkey", "licensing-keys.json", "manifest.pem", "minisign.pub"];
  const document = JSON.parse(ended.stdout);
  expect(readdirSync(keys).sort()).toEqual(names);
  expect(document.files.toSorted()).toEqual(names);
  expect(document).toMatchObject({
    out: keys,
    fingerprints: {
      "minisign.pub": expect.stringMatching(/^[0-9A-F]{16}$/),
      "manifest.pem": expect.stringMatching(/^[0-9a-f]{64}$/),
      "ledger.pem": expect.stringMatching(/^[0-9a-f]{64}$/),
      "ledger.vkey": expect.stringMatching(/^[0-9a-f]{8}$/),
    },
  });
  const read = (name: string) => readFileSync(join(keys, name), "utf8");
  expect(JSON.parse(read("licensing-keys.json"))).toEqual({ [world.sandbox.keyId]: world.sandbox.publicKey });
  expect(read("ledger.vkey")).toMatch(new RegExp(`^${document.station}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+\n$`));
  expect(read("manifest.pem")).toMatch(/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=]{60}\n-----END PUBLIC KEY-----\n$/);
});

test("one byte flipped in any file of the newest batch is found, and the file is named", async () => {
  const batch = world.batches().at(-1) ?? "";
  const folder = join(world.stick, "PROVISIONING", batch);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const good = readFileSync(path);
    const bad = Buffer.from(good);
    const middle = Math.floor(bad.length / 2);
    bad[middle] = (bad[middle] ?? 0) ^ 1;
    writeFileSync(path, bad);
    const ended = await verify();
    expect(ended.code, name).toBe(5);
    expect(problemsIn(ended).map((problem) => problem.path)).toContain(`PROVISIONING/${batch}/${name}`);
    writeFileSync(path, good);
  }
  expect((await verify()).code).toBe(0);
});

test.each([
  ["a file is missing", () => rmSync(newest(".lic")), "VERIFY_MISSING"],
  ["a file is too many", () => writeFileSync(join(newest(".lic"), "..", "extra.txt"), "x"), "VERIFY_UNEXPECTED"],
  [
    "a request was changed",
    () => writeFileSync(join(world.stick, "a.fingerprint.txt"), "fp-a-0001\nother\n"),
    "VERIFY_REQUEST",
  ],
  ["the index is gone", () => rmSync(join(world.stick, "PROVISIONING", "index.json")), "VERIFY_MISSING"],
] as const)("%s: exit 5 with its code", async (_, harm, code) => {
  const aside = join(world.home, "..", "aside");
  rmSync(aside, { recursive: true, force: true });
  copy(world.stick, aside);
  harm();
  const ended = await verify();
  rmSync(world.stick, { recursive: true });
  copy(aside, world.stick);
  expect(ended.code).toBe(5);
  expect(problemsIn(ended).map((problem) => problem.code)).toContain(code);
});

test("with another licence key nothing is claimed to open", async () => {
  const ended = await verify("--license", "LICENCE-OF-SOMEBODY");
  expect(ended.code).toBe(5);
  expect(JSON.parse(ended.stdout).ok).toBe(false);
});

test("keys that are missing, or a stick that is, are said in one sentence", async () => {
  const noKeys = await world.station(["verify", "--stick", world.stick, "--keys", world.home, "--json"], alone);
  expect([noKeys.code, JSON.parse(noKeys.stdout).error.code]).toEqual([5, "VERIFY_KEYS"]);
  const noStick = await world.station(["verify", "--stick", join(keys, "x"), "--keys", keys, "--json"], alone);
  expect([noStick.code, JSON.parse(noStick.stdout).error.code]).toEqual([4, "STICK_GONE"]);
});

function judgeFile(file: string, change: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  const fingerprint = `fp-${file.split("/").at(-1)?.[0]}-0001`;
  const options = { license: world.sandbox.licenseKey, fingerprint, "public-key": world.sandbox.publicKey, ...change };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return world.station(["verify-file", file, ...flags, "--json"], alone);
}

test("verify-file judges one file as its device will", async () => {
  const good = await judgeFile(newest(".lic"), { product: world.sandbox.product });
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toEqual({
    ok: true,
    error: null,
    key_id: world.sandbox.keyId,
    activation_id: expect.any(String),
    product: world.sandbox.product,
    device_name: expect.stringMatching(/^[abc]-device$/),
    issued_at: expect.any(String),
    expires_at: expect.any(String),
    good_until: expect.any(String),
  });
});

test.each([
  ["fingerprint", "fp-z-0001", "CREDENTIAL_DECRYPTION"],
  ["license", "LICENCE-OF-SOMEBODY", "CREDENTIAL_DECRYPTION"],
  ["public-key", Buffer.alloc(32, 7).toString("base64"), "CREDENTIAL_SIGNATURE"],
  ["product", "another-product", "CREDENTIAL_PRODUCT_MISMATCH"],
] as const)("verify-file with another %s is exit 5", async (option, value, code) => {
  const ended = await judgeFile(newest(".lic"), { [option]: value });
  expect([ended.code, JSON.parse(ended.stdout).error.code]).toEqual([5, code]);
});

test("verify-file of a file that is none: wrong usage for a wrong name, exit 5 for wrong bytes", async () => {
  const nowhere = await judgeFile(join(keys, "nowhere.lic"));
  expect(nowhere.code).toBe(2);
  expect(nowhere.stderr).toMatch(/nowhere\.lic cannot be read/);
  const folder = await judgeFile(keys);
  expect(folder.code).toBe(2);
  const large = join(keys, "..", "large.lic");
  writeFileSync(large, Buffer.alloc(2 * 1024 * 1024));
  const tooLarge = await judgeFile(large);
  expect([tooLarge.code, JSON.parse(tooLarge.stdout).error.code]).toEqual([5, "CREDENTIAL_TOO_LARGE"]);
  const other = await judgeFile(join(keys, "ledger.pem"));
  expect([other.code, JSON.parse(other.stdout).error.code]).toEqual([5, "CREDENTIAL_FORMAT"]);
});

test("ledger show tells one device's story, by its fingerprint or the hash of it", async () => {
  const types = ["activation.intended", "activation.recorded", "machine-file.issued"];
  for (const device of ["fp-a-0001", hashOf("fp-a-0001")]) {
    const ended = await world.station(["ledger", "show", "--device", device, "--json"]);
    const { size, entries } = JSON.parse(ended.stdout);
    expect(size).toBe(world.entries().length);
    expect(entries.map(({ type }: { type: string }) => type).sort()).toEqual([...types, ...types].sort());
    expect(entries.every((one: { fingerprint_sha256: string }) => one.fingerprint_sha256 === hashOf("fp-a-0001"))).toBe(
      true,
    );
  }
  const nobody = await world.station(["ledger", "show", "--device", "fp-nobody"]);
  expect([nobody.code, nobody.stdout]).toEqual([0, ""]);
  expect(nobody.stderr).toContain("knows nothing of this device");
});

test("ledger show without a device prints the stored bytes, one entry a line", async () => {
  const ended = await world.station(["ledger", "show"]);
  const lines = ended.stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(world.entries());
});

test("ledger commands on a folder that is no home are wrong usage, and make none", async () => {
  const nowhere = join(keys, "no-home");
  for (const action of ["verify", "checkpoint", "show"]) {
    const ended = await world.station(["ledger", action, "--home", nowhere]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining("There is no station in")]);
  }
  expect(readdirSync(keys)).not.toContain("no-home");
});

function copy(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copy(join(from, entry.name), join(to, entry.name));
    else copyFileSync(join(from, entry.name), join(to, entry.name));
  }
}
