import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { verifyRotation } from "#shared/formats/key-rotation.ts";
import { parseMinisignPublicKey } from "#shared/formats/minisign.ts";
import { parsePublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { parseVkey } from "#shared/formats/signed-note.ts";
import {
  accountSecretFile,
  custodyOf,
  exportPublicKeys,
  type KeyRing,
  type KeyUse,
  openKeyRing,
  type OsKeyStore,
  type Sealing,
} from "../../electron/engine/keys/index.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

const uses: readonly KeyUse[] = ["ledger", "manifest", "minisign"];
const message = utf8("message");
const passphrase = "correct horse battery";

let folder = "";
let home = "";
let account: Sealing = { custody: "account", file: "" };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
  home = join(folder, "home");
  account = { custody: "account", file: join(folder, "profile", "account.key") };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(sealing: Sealing = account, more: { home?: string; mayCreate?: boolean } = {}): Promise<KeyRing> {
  return openKeyRing({ home, sealing, random: systemRandom, clock: fakeClock(), ...more });
}

const keysFile = (): string => join(home, "keys", "keys.json");
const secretsFile = (): string => join(home, "keys", "secrets.json");
const publicKeys = (ring: KeyRing): readonly string[] =>
  uses.map((use) => Buffer.from(ring.publicKey(use)).toString("hex"));
const refusal = (code: string): unknown => expect.objectContaining({ name: "StationError", code });

/** An operating system's key store: opens only what this one sealed. */
function osKeyStore(tag: number): OsKeyStore {
  return {
    protect: (secret) => Promise.resolve(Uint8Array.from([tag, ...secret.map((byte) => byte ^ 0x5a)])),
    unprotect: (sealed) =>
      sealed[0] === tag
        ? Promise.resolve(sealed.slice(1).map((byte) => byte ^ 0x5a))
        : Promise.reject(new Error("foreign")),
  };
}

describe("a key ring", () => {
  it("is made at first use and opens with the same keys from then on", async () => {
    expect(custodyOf(home)).toBeNull();
    const first = await open();
    const again = await open();
    expect(custodyOf(home)).toBe("account");
    expect(publicKeys(again)).toEqual(publicKeys(first));
    expect(new Set(publicKeys(first)).size).toBe(3);
  });

  it.each(uses)("signs for %s with that use's key alone", async (use) => {
    const ring = await open();
    const signature = ring.sign(use, message);
    for (const other of uses) {
      expect(verifyEd25519(ring.publicKey(other), message, signature)).toBe(other === use);
    }
  });

  it("is made only where that is allowed", async () => {
    await expect(open(account, { mayCreate: false })).rejects.toThrow(refusal("KEYS_UNREADABLE"));
    expect(existsSync(keysFile())).toBe(false);
    const ring = await open();
    ring.secrets.put("a", "b");
    rmSync(keysFile());
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it.runIf(process.platform !== "win32")("leaves files that only their owner can read", async () => {
    const ring = await open();
    ring.secrets.put("a", "b");
    const modes = [join(home, "keys"), keysFile(), secretsFile(), folder.concat("/profile/account.key")];
    expect(modes.map((path) => statSync(path).mode & 0o077)).toEqual([0, 0, 0, 0]);
  });

  it("carries on over a temporary file that a crash left", async () => {
    const first = await open();
    writeFileSync(`${keysFile()}.new`, "torn");
    first.beginRotation("ledger");
    expect(readdirSync(join(home, "keys"))).toEqual(["keys.json"]);
    expect(publicKeys(await open())).toEqual(publicKeys(first));
  });

  it("makes the same file from the same randomness and time, so nothing else is in it", async () => {
    const make = async (name: string): Promise<string> => {
      const other = join(folder, name);
      const sealing: Sealing = { custody: "account", file: join(other, "profile", "account.key") };
      const random = seededRandom("keys");
      await openKeyRing({ home: join(other, "home"), sealing, random, clock: fakeClock() });
      return readFileSync(join(other, "home", "keys", "keys.json"), "utf8");
    };
    expect(await make("one")).toBe(await make("two"));
  });
});

describe("sealing", () => {
  it("by a passphrase opens with that passphrase only, however its letters are composed", async () => {
    const ring = await open({ custody: "passphrase", passphrase: "caf\u00e9 au lait" });
    expect(custodyOf(home)).toBe("passphrase");
    expect(JSON.parse(readFileSync(keysFile(), "utf8")).master).toMatchObject({ n: 131_072, r: 8, p: 1 });
    const again = await open({ custody: "passphrase", passphrase: "cafe\u0301 au lait" });
    expect(publicKeys(again)).toEqual(publicKeys(ring));
    await expect(open({ custody: "passphrase", passphrase: "cafe au lait" })).rejects.toThrow(
      refusal("KEYS_UNREADABLE"),
    );
  });

  it("by a passphrase refuses one that is too short, and makes nothing", async () => {
    await expect(open({ custody: "passphrase", passphrase: "1234567" })).rejects.toThrow(refusal("USAGE"));
    expect(existsSync(keysFile())).toBe(false);
  });

  it("by the system's key store opens with that store only", async () => {
    const ring = await open({ custody: "os", store: osKeyStore(1) });
    expect(publicKeys(await open({ custody: "os", store: osKeyStore(1) }))).toEqual(publicKeys(ring));
    await expect(open({ custody: "os", store: osKeyStore(2) })).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it("by the account: a copied home opens nothing elsewhere", async () => {
    await open();
    const copy = join(folder, "copy");
    cpSync(home, copy, { recursive: true });
    const thief: Sealing = { custody: "account", file: join(folder, "thief", "account.key") };
    await expect(open(thief, { home: copy })).rejects.toThrow(refusal("KEYS_UNREADABLE"));
    expect(existsSync(join(folder, "thief"))).toBe(false);
    // The thief has a secret of his own.
    await open(thief, { home: join(folder, "thief-home") });
    await expect(open(thief, { home: copy })).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it("by the account: one secret serves several homes, each with its own keys", async () => {
    const one = await open();
    const two = await open(account, { home: join(folder, "home2") });
    expect(publicKeys(two)).not.toEqual(publicKeys(one));
    expect(publicKeys(await open())).toEqual(publicKeys(one));
  });

  it("by the account refuses a secret inside the home, through a link too", async () => {
    mkdirSync(join(home, "keys"), { recursive: true });
    symlinkSync(home, join(folder, "link"));
    for (const file of [
      join(home, "account.key"),
      join(home, "a", "b", "account.key"),
      join(folder, "link", "account.key"),
    ]) {
      await expect(open({ custody: "account", file })).rejects.toThrow(refusal("USAGE"));
    }
    expect(readdirSync(home)).toEqual(["keys"]);
  });

  it.runIf(process.platform !== "win32")("by the account refuses a secret that others can read", async () => {
    await open();
    const { file } = account as { file: string };
    chmodSync(file, 0o640);
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
    chmodSync(file, 0o600);
    await open();
  });

  it.runIf(process.getuid?.() === 0)("by the account refuses a secret of another user", async () => {
    await open();
    const { file } = account as { file: string };
    execFileSync("chown", ["12345", file]);
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it("by the account refuses a secret that is a link or damaged", async () => {
    await open();
    const { file } = account as { file: string };
    copyFileSync(file, join(folder, "real"));
    rmSync(file);
    symlinkSync(join(folder, "real"), file);
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
    rmSync(file);
    writeFileSync(file, "short", { mode: 0o600 });
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it("says what is needed when something else is offered for a passphrase", async () => {
    await open({ custody: "passphrase", passphrase });
    for (const sealing of [account, { custody: "os", store: osKeyStore(1) }] as const) {
      await expect(open(sealing)).rejects.toThrow(/sealed with a passphrase/);
    }
  });

  it("can be changed: same keys and secrets, opened the new way only", async () => {
    const ring = await open();
    ring.secrets.put("batch-1", "KEY");
    await ring.reseal({ custody: "passphrase", passphrase });
    expect(ring.custody).toBe("passphrase");
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
    const again = await open({ custody: "passphrase", passphrase });
    expect(publicKeys(again)).toEqual(publicKeys(ring));
    expect(again.secrets.get("batch-1")).toBe("KEY");
  });
});

describe("the account's secret lies", () => {
  it.each([
    ["linux", {}, "/home/u", "/home/u/.local/state/licence-station/account.key"],
    ["linux", { XDG_STATE_HOME: "/state" }, "/home/u", "/state/licence-station/account.key"],
    ["linux", { XDG_STATE_HOME: "relative" }, "/home/u", "/home/u/.local/state/licence-station/account.key"],
    ["darwin", {}, "/Users/u", "/Users/u/.local/state/licence-station/account.key"],
    [
      "win32",
      { APPDATA: "C:\\Users\\u\\AppData\\Roaming" },
      "C:\\Users\\u",
      "C:\\Users\\u\\AppData\\Roaming\\licence-station\\account.key",
    ],
    ["win32", {}, "C:\\Users\\u", "C:\\Users\\u\\AppData\\Roaming\\licence-station\\account.key"],
  ])("on %s with %j where it should", (platform, env, userHome, path) => {
    expect(accountSecretFile(env, platform, userHome)).toBe(path);
  });
});

describe("a key file that was changed", () => {
  it("is refused whichever byte it is, with a code, and nothing is written", async () => {
    await open();
    const good = readFileSync(keysFile());
    for (let at = 0; at < good.length; at += 3) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (at % 2 === 0 ? 1 : 0x20);
      writeFileSync(keysFile(), bad);
      await expect(open(), `byte ${at}`).rejects.toThrow(refusal("KEYS_UNREADABLE"));
      expect(readFileSync(keysFile()).equals(bad)).toBe(true);
    }
  });

  it.each<[string, (text: string) => string]>([
    ["cut", (text) => text.slice(0, 100)],
    ["empty", () => ""],
    ["spaced", (text) => text.replace(",", ", ")],
    ["of another version", (text) => text.replace('"v":1', '"v":2')],
    ["without one of the keys", (text) => text.replace(/\{[^{}]*"use":"ledger"\},/, "")],
    [
      "asking scrypt for all memory",
      (text) =>
        text.replace(
          /"master":\{[^}]*\}/,
          '"master":{"box":"","custody":"passphrase","n":1073741824,"p":1,"r":8,"salt":""}',
        ),
    ],
  ])("that is %s is refused", async (_, change) => {
    await open();
    const good = readFileSync(keysFile(), "utf8");
    expect(change(good)).not.toBe(good);
    writeFileSync(keysFile(), change(good));
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it("does not let one use's key stand in for another's", async () => {
    await open();
    const file = JSON.parse(readFileSync(keysFile(), "utf8")) as { keys: { seed: string; public_key: string }[] };
    const [a, b] = file.keys;
    if (a === undefined || b === undefined) throw new Error("two keys");
    [a.seed, b.seed] = [b.seed, a.seed];
    [a.public_key, b.public_key] = [b.public_key, a.public_key];
    writeFileSync(keysFile(), `${JSON.stringify(file)}\n`);
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });

  it.each(["a folder", "a pipe", "too large"])("or is %s is refused without waiting", async (what) => {
    await open();
    rmSync(keysFile());
    if (what === "a folder") mkdirSync(keysFile());
    else if (what === "a pipe") execFileSync("mkfifo", [keysFile()]);
    else writeFileSync(keysFile(), Buffer.alloc(1_048_577));
    await expect(open()).rejects.toThrow(refusal("KEYS_UNREADABLE"));
  });
});

describe("rotation", () => {
  it.each(uses)("of the %s key: both keys sign, then the new one takes over", async (use) => {
    const ring = await open();
    const old = ring.publicKey(use);
    const rotation = ring.beginRotation(use);
    expect(verifyRotation(rotation)).toBe(true);
    expect(rotation).toMatchObject({ type: "key.rotated", use, old_public_key: Buffer.from(old).toString("base64") });
    expect(ring.publicKey(use)).toEqual(old);
    ring.finishRotation(use);
    for (const now of [ring, await open()]) {
      expect(Buffer.from(now.publicKey(use)).toString("base64")).toBe(rotation.new_public_key);
      expect(now.retiredPublicKeys(use)).toEqual([old]);
      expect(now.pendingRotations()).toEqual([]);
      expect(verifyEd25519(now.publicKey(use), message, now.sign(use, message))).toBe(true);
    }
  });

  it("leaves the other uses' keys as they are", async () => {
    const ring = await open();
    const before = publicKeys(ring);
    ring.beginRotation("manifest");
    ring.finishRotation("manifest");
    expect(publicKeys(ring).map((key, i) => key === before[i])).toEqual([true, false, true]);
    expect(ring.retiredPublicKeys("ledger")).toEqual([]);
  });

  it("survives a crash between its steps and is begun only once", async () => {
    const rotation = (await open()).beginRotation("ledger");
    const later = await open();
    expect(later.pendingRotations()).toEqual([rotation]);
    expect(later.beginRotation("ledger")).toEqual(rotation);
    later.finishRotation("ledger");
    expect(Buffer.from(later.publicKey("ledger")).toString("base64")).toBe(rotation.new_public_key);
  });

  it("can be called off, and what was not begun cannot be finished", async () => {
    const ring = await open();
    const before = publicKeys(ring);
    ring.beginRotation("ledger");
    ring.cancelRotation("ledger");
    ring.cancelRotation("ledger");
    expect([publicKeys(ring), ring.pendingRotations()]).toEqual([before, []]);
    expect(() => ring.finishRotation("ledger")).toThrow(refusal("INTERNAL"));
  });

  it("keeps no private half of a retired key", async () => {
    const ring = await open();
    ring.beginRotation("ledger");
    ring.finishRotation("ledger");
    const { keys } = JSON.parse(readFileSync(keysFile(), "utf8")) as { keys: { state: string; seed: string | null }[] };
    expect(keys.filter(({ state }) => state === "retired").map(({ seed }) => seed)).toEqual([null]);
  });

  it("is not believed when either signature, the use or a key differs", async () => {
    const ring = await open();
    const rotation = ring.beginRotation("ledger");
    const other = ring.beginRotation("manifest");
    for (const bad of [
      { ...rotation, old_signature: rotation.new_signature },
      { ...rotation, new_signature: rotation.old_signature },
      { ...rotation, new_signature: "" },
      { ...rotation, use: "minisign" as const },
      { ...rotation, new_public_key: other.new_public_key },
      { ...rotation, old_public_key: rotation.new_public_key, new_public_key: rotation.old_public_key },
    ]) {
      expect(verifyRotation(bad)).toBe(false);
    }
  });
});

describe("the store of secrets", () => {
  it("keeps what was put, over a restart, until it is deleted", async () => {
    const { secrets } = await open();
    secrets.put("b", "licence \u00fc");
    secrets.put("a", "api");
    secrets.put("a", "api 2");
    const again = (await open()).secrets;
    expect(again.names()).toEqual(["a", "b"]);
    expect([again.get("a"), again.get("b"), again.get("c")]).toEqual(["api 2", "licence \u00fc", null]);
    again.delete("a");
    again.delete("never");
    expect((await open()).secrets.names()).toEqual(["b"]);
  });

  it("shows neither names nor values on the disk", async () => {
    const { secrets } = await open();
    secrets.put("batch-name", "LICENCE-KEY-VALUE");
    const everything = readdirSync(join(home, "keys"))
      .map((name) => readFileSync(join(home, "keys", name), "latin1"))
      .join();
    expect(everything).not.toMatch(/batch-name|LICENCE-KEY-VALUE/);
  });

  it("takes __proto__ for a name like any other", async () => {
    const { secrets } = await open();
    expect(secrets.get("__proto__")).toBeNull();
    secrets.put("__proto__", "x");
    expect((await open()).secrets.get("__proto__")).toBe("x");
  });

  it("is refused when a byte of it changed, with what to do", async () => {
    const ring = await open();
    ring.secrets.put("a", "SECRET-VALUE");
    const good = readFileSync(secretsFile());
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      writeFileSync(secretsFile(), bad);
      await expect(open(), `byte ${at}`).rejects.toThrow(refusal("KEYS_UNREADABLE"));
    }
  });

  it("keeps the old value when the new one could not be written", async () => {
    const { secrets } = await open();
    secrets.put("a", "old");
    rmSync(join(home, "keys"), { recursive: true });
    expect(() => secrets.put("a", "new")).toThrow(refusal("HOME_UNREADABLE"));
    expect(secrets.get("a")).toBe("old");
  });

  it("refuses more than it could ever read back", async () => {
    const { secrets } = await open();
    expect(() => secrets.put("a", "x".repeat(33 * 1024 * 1024))).toThrow(refusal("INTERNAL"));
    expect(secrets.get("a")).toBeNull();
  });
});

describe("exported public keys", () => {
  it("are the ring's, in all forms, with their fingerprints", async () => {
    const ring = await open();
    const { files, fingerprints } = exportPublicKeys(ring, "station.example/dock-7");
    const text = (name: keyof typeof files): string => Buffer.from(files[name] ?? []).toString("utf8");
    expect(parseMinisignPublicKey(files["minisign.pub"])).toEqual({
      keyId: ring.minisignKeyId,
      publicKey: ring.publicKey("minisign"),
    });
    expect(parsePublicKeyPem(files["manifest.pem"])).toEqual(ring.publicKey("manifest"));
    expect(parsePublicKeyPem(files["ledger.pem"])).toEqual(ring.publicKey("ledger"));
    const vkey = parseVkey(text("ledger.vkey").slice(0, -1));
    expect([vkey.name, vkey.publicKey]).toEqual(["station.example/dock-7", ring.publicKey("ledger")]);
    expect(fingerprints).toEqual({
      "minisign.pub": text("minisign.pub").slice(39, 55),
      "manifest.pem": publicKeyFingerprint(ring.publicKey("manifest")),
      "ledger.pem": publicKeyFingerprint(ring.publicKey("ledger")),
      "ledger.vkey": vkey.keyId,
    });
  });

  it("cannot be made for an origin that is no key name", async () => {
    const ring = await open();
    expect(() => exportPublicKeys(ring, "dock 7")).toThrow(refusal("USAGE"));
  });
});

describe("errors", () => {
  it("hold neither passphrase nor any private byte, down to their causes", async () => {
    const taken: Uint8Array[] = [];
    const random = {
      bytes: (length: number): Uint8Array => {
        const bytes = systemRandom.bytes(length);
        taken.push(bytes.slice());
        return bytes;
      },
    };
    const secretPhrase = "a-passphrase-nobody-may-see";
    await openKeyRing({
      home,
      sealing: { custody: "passphrase", passphrase: secretPhrase },
      random,
      clock: fakeClock(),
    });
    const good = readFileSync(keysFile(), "utf8");
    const thrown: unknown[] = [];
    for (const [text, passphrase] of [
      [good, `${secretPhrase}!`],
      [good.replace(/"mac":"(.)/, (_, first) => `"mac":"${first === "A" ? "B" : "A"}`), secretPhrase],
      [`${good} `, secretPhrase],
    ] as const) {
      writeFileSync(keysFile(), text);
      thrown.push(await open({ custody: "passphrase", passphrase }).catch((error: unknown) => error));
    }
    expect(thrown).toEqual([refusal("KEYS_UNREADABLE"), refusal("KEYS_UNREADABLE"), refusal("KEYS_UNREADABLE")]);
    const said = thrown
      .map((error) => `${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`)
      .join();
    expect(said).not.toContain(secretPhrase);
    for (const bytes of taken) {
      expect(said).not.toContain(Buffer.from(bytes).toString("base64"));
      expect(said).not.toContain(Buffer.from(bytes).toString("hex"));
    }
  });

  it("wipe the private bytes they were given, so that only sealed copies remain", async () => {
    const given: Uint8Array[] = [];
    const random = {
      bytes: (length: number): Uint8Array => {
        const bytes = systemRandom.bytes(length);
        given.push(bytes);
        return bytes;
      },
    };
    await openKeyRing({ home, sealing: { custody: "os", store: osKeyStore(1) }, random, clock: fakeClock() });
    // The master key and three seeds; nonces are public.
    const secret = given.filter((bytes) => bytes.length === 32);
    expect(secret.map((bytes) => bytes.every((byte) => byte === 0))).toEqual([true, true, true, true]);
  });
});
