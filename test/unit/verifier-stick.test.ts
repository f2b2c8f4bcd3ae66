import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatMinisignPublicKey } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem } from "#shared/formats/public-keys.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import { parseTlogProof } from "#shared/formats/tlog-proof.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { deliveryWorld, firstBatch, secondBatch, sha256 } from "../fixtures/delivery-world.ts";
import { writeExport } from "../fixtures/export-folder.ts";
import { signerFromSeed } from "../fixtures/known-signer.ts";

const verifier = fileURLToPath(new URL("../../electron/engine/ledger/verify.py", import.meta.url));
const found = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
const hasPython = found.status === 0;
const python = hasPython ? found.stdout.trim() : "";

let folder = "";
const stick = (...path: readonly string[]): string => join(folder, "stick", ...path);
const top = (...path: readonly string[]): string => stick("PROVISIONING", ...path);
const first = (name: string): string => top(firstBatch, name);

function writeKeys(name: string, keys: ReturnType<typeof deliveryWorld>["keys"]): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "minisign.pub"), formatMinisignPublicKey(keys.minisign));
  writeFileSync(join(folder, name, "manifest.pem"), formatPublicKeyPem(keys.manifest));
  writeFileSync(join(folder, name, "ledger.vkey"), `${formatVkey(keys.ledger)}\n`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "verifier-"));
  const world = deliveryWorld();
  mkdirSync(join(folder, "good"));
  for (const [batch, names] of [
    [firstBatch, ["pump", "V\u00e4lve 7"]],
    [secondBatch, ["pump", "fan"]],
  ] as const) {
    await writeDelivery(world.delivery(batch, names).on(nodeFiles, join(folder, "good")));
  }
  writeKeys("keys", world.keys);
  writeKeys("other-keys", deliveryWorld("other").keys);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(stick(), { recursive: true, force: true });
  cpSync(join(folder, "good"), stick(), { recursive: true });
});

function wrongs(keys = "keys", ...more: readonly string[]): readonly string[] {
  const args = ["-I", "-S", verifier, "--keys", join(folder, keys), "--stick", stick(), ...more];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  const lines = stdout.split("\n").filter((line) => line.startsWith("WRONG"));
  expect(status).toBe(lines.length === 0 ? 0 : 5);
  return lines.map((line) => line.slice(7).replace(`${top()}/`, ""));
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

const named = (path: string): unknown => expect.stringMatching(`^${path.replaceAll(".", "\\.")}: `);
const fileNames = (batch: string): readonly string[] => readdirSync(join(folder, "good", "PROVISIONING", batch));

describe.runIf(hasPython)("the verifier, on a stick that the station wrote", () => {
  it("accepts it", () => {
    expect(wrongs()).toEqual([]);
  });

  it("names every file of which a byte was changed, wherever in it", () => {
    for (const name of [...fileNames(firstBatch).map((name) => `${firstBatch}/${name}`), "index.json"]) {
      const size = readFileSync(top(name)).length;
      for (const at of [0, Math.floor(size / 2), size - 1]) {
        flip(top(name), at);
        expect(wrongs(), `${name} byte ${at}`).toContainEqual(named(name));
        flip(top(name), at);
      }
    }
  });

  it("blames no other file for a changed machine file, receipt or text", () => {
    for (const name of fileNames(firstBatch).filter((name) => /lic$|txt$|pub$|vkey$/.test(name))) {
      flip(first(name), 10);
      expect(wrongs()).toEqual([`${firstBatch}/${name}: its bytes are not those that were signed`]);
      flip(first(name), 10);
    }
  });

  it("names a missing file, an extra one, a link, a stray one, and an index that is gone", () => {
    const lic = fileNames(firstBatch).find((name) => name.endsWith(".lic")) ?? "";
    renameSync(first(lic), first("renamed.lic"));
    rmSync(first("README.txt"));
    symlinkSync("/etc/hostname", first("README.txt"));
    writeFileSync(top("autorun.inf"), "");
    rmSync(top("index.json"));
    expect(wrongs()).toEqual([
      `${firstBatch}/renamed.lic: is not part of this delivery`,
      expect.stringMatching(`^${firstBatch}/README.txt: `),
      `${firstBatch}/${lic}: is missing`,
      "autorun.inf: is not part of any delivery",
      expect.stringMatching("^index.json: cannot be read"),
    ]);
  });

  it("names two machine files that changed places", () => {
    const [a = "", b = ""] = fileNames(firstBatch).filter((name) => name.endsWith(".lic"));
    renameSync(first(a), first("x"));
    renameSync(first(b), first(a));
    renameSync(first("x"), first(b));
    expect(wrongs()).toEqual([named(`${firstBatch}/${a}`), named(`${firstBatch}/${b}`)]);
  });

  it("names the folder when a delivery was renamed or both its lists are gone", () => {
    renameSync(top(firstBatch), top("20261122-000000-six"));
    rmSync(top(secondBatch, "manifest.dsse.json"));
    rmSync(top(secondBatch, "SHA256SUMS"));
    const all = wrongs();
    expect(all).toContainEqual("20261122-000000-six/manifest.dsse.json: is of another batch than its folder");
    expect(all).toContainEqual("20261122-000000-six/SHA256SUMS.minisig: was made for another batch");
    expect(all).toContainEqual(`${secondBatch}: neither list of its files is to be trusted, so nothing in it is`);
  });

  it("takes leftovers of an interrupted delivery for what they are", () => {
    mkdirSync(top(".20261124-000000-three.partial"));
    expect(wrongs()).toEqual([]);
  });

  it("trusts no key that is on the stick", () => {
    const all = wrongs("other-keys");
    expect(all).toContainEqual(named(`${firstBatch}/SHA256SUMS.minisig`));
    expect(all).toContainEqual(named(`${firstBatch}/manifest.dsse.json`));
  });

  it("says so when there is no delivery", () => {
    rmSync(stick("PROVISIONING"), { recursive: true });
    expect(wrongs()).toEqual([expect.stringMatching(/PROVISIONING: cannot be read/)]);
    mkdirSync(stick("PROVISIONING"));
    expect(wrongs()).toEqual([expect.stringMatching(/PROVISIONING: there is no delivery on this stick/)]);
  });
});

describe.runIf(hasPython)("the verifier, on a stick and an export together", () => {
  /** The ledger behind the sticks of this test, out of their receipts. */
  function ledgerEntries(): readonly Readonly<Record<string, unknown>>[] {
    const entries: Readonly<Record<string, unknown>>[] = [{ v: 1, type: "ledger.created", at: "2026-11-22T00:00:00Z" }];
    for (const batch of [firstBatch, secondBatch]) {
      for (const name of fileNames(batch).filter((name) => name.endsWith(".tlog-proof"))) {
        const { extra, index } = parseTlogProof(readFileSync(top(batch, name)));
        entries[index] = JSON.parse(Buffer.from(extra ?? []).toString("utf8")) as Readonly<Record<string, unknown>>;
      }
    }
    return entries;
  }

  it("finds the stick's deliveries in the ledger, or shows that it was cut or rewritten", () => {
    const entries = ledgerEntries();
    const signer = signerFromSeed(sha256("world ledger"));
    const later = { v: 1, type: "batch.abandoned", at: "2026-11-25T00:00:00Z" };
    const exported = (name: string, kept: readonly Readonly<Record<string, unknown>>[]): string => {
      writeExport(join(folder, name), "station.example", signer, kept);
      return join(folder, name);
    };
    expect(wrongs("keys", exported("whole", [...entries, later]))).toEqual([]);
    expect(wrongs("keys", exported("cut", entries.slice(0, 4)))).toEqual([
      `${secondBatch}: knows 5 entries, the export only 4: the ledger was cut or rewound`,
    ]);
    const rewritten = [...entries.slice(0, 2), { ...entries[2], device_name: "other" }, ...entries.slice(3), later];
    const replaced = "knows other entries than the export: the ledger was replaced or rewritten";
    expect(wrongs("keys", exported("rewritten", rewritten))).toEqual([
      `${firstBatch}: ${replaced}`,
      `${secondBatch}: ${replaced}`,
    ]);
  });
});

describe.runIf(hasPython)("the verifier, on what hostile hands made", () => {
  it("ends with a verdict, not a fault, whatever the three lists hold", () => {
    const nasty = [
      "",
      "\n",
      "[]\n",
      "1\n",
      `${"[".repeat(50_000)}\n`,
      '{"payload":"","payloadType":"","signatures":[1]}\n',
      "\u0000\n",
      "a\nb\nc\nd\n",
    ];
    for (const [i, text] of nasty.entries()) {
      for (const name of ["manifest.dsse.json", "SHA256SUMS", "SHA256SUMS.minisig"]) writeFileSync(first(name), text);
      writeFileSync(top("index.json"), text);
      for (const name of fileNames(firstBatch).filter((name) => name.endsWith(".tlog-proof")))
        writeFileSync(top(secondBatch, name), text);
      expect(wrongs(), `text ${i}`).toContainEqual(named(`${firstBatch}/manifest.dsse.json`));
    }
  });

  it("waits for no pipe, follows no link and prints no control character", () => {
    rmSync(first("README.txt"));
    execFileSync("mkfifo", [first("README.txt")]);
    mkdirSync(first("SHA256SUMS.d"));
    rmSync(top(secondBatch), { recursive: true });
    symlinkSync(join(folder, "good", "PROVISIONING", secondBatch), top(secondBatch));
    writeFileSync(Buffer.concat([Buffer.from(`${top()}/\u001b]0;`), Buffer.from([0xff])]), "");
    expect(wrongs()).toEqual([
      "\\u001b]0;\\udcff: is not part of any delivery",
      `${firstBatch}/SHA256SUMS.d: is not part of this delivery`,
      `${firstBatch}/README.txt: is not an ordinary file`,
      `${secondBatch}: is not part of any delivery`,
      "index.json: does not say what the deliveries say",
    ]);
    rmSync(stick("PROVISIONING"), { recursive: true });
    symlinkSync(join(folder, "good", "PROVISIONING"), stick("PROVISIONING"));
    expect(wrongs()).toEqual([expect.stringMatching(/PROVISIONING: is a link$/)]);
  });
});
