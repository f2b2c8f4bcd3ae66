import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import { verifyCommand } from "../../electron/cli/commands/verify.ts";
import { readCarried } from "../../electron/engine/authority/carry.ts";
import { type AuditorWorld, auditorWorld, trustedKeysIn, verifierPy } from "../fixtures/auditor-world.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { jwtClaims, licenceClaims, makeVendor } from "../fixtures/licence-vendor.ts";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { flipByte, resign } from "../fixtures/tampering.ts";
import { quietHooks } from "./workbench.ts";

/** Sticks with a carried licence before the three judges that share no code: `station verify`, the browser's verifier, verify.py. */
let world: AuditorWorld;
let stick: string;
let second: string;
let keys: string;
let count = 0;
const vendor = makeVendor();
const name = "sentari-license.key";

beforeAll(async () => {
  world = await auditorWorld();
  stick = await carried("stick", vendor.token(licenceClaims), "sentari-license.key");
  second = await carried("second", vendor.jwt(jwtClaims), "stella-ops.jwt");
  keys = world.exportKeys("keys");
}, 60_000);
afterAll(() => world?.close());

async function carried(folder: string, token: string, fileName: string): Promise<string> {
  const path = join(world.base, folder);
  mkdirSync(path);
  const licence = await readCarried(Buffer.from(token), vendor.keys, null, null);
  const vendorKey = licence.kind === "stella" ? vendor.rsa : vendor.ed25519;
  const job = { carried: licence, vendorKey, fileName, target: "plant 4", operator: "Ada", workOrder: "WO-7" };
  expect((await world.station.carry(path, job, quietHooks())).problem).toBeNull();
  return path;
}

interface Verdicts {
  readonly station: readonly string[];
  readonly browser: readonly string[];
  /** Null where there is no Python. */
  readonly python: number | null;
}

async function judged(path: string): Promise<Verdicts> {
  let out = "";
  const io = { stdout: (text: string) => void (out += text), stderr: () => {}, env: {}, signal: AbortSignal.any([]) };
  await verifyCommand(["--stick", path, "--keys", keys, "--json"], io);
  const report = JSON.parse(out) as { batches: readonly { problems: readonly { code: string; path: string }[] }[] };
  const verdict = await verifyEvidence({ source: folderSource({ stick: path }), keys: trustedKeysIn(keys) });
  const found = [...verdict.findings, ...verdict.subjects.flatMap(({ findings }) => findings)];
  return {
    station: report.batches.flatMap(({ problems }) => problems.map(({ code, path: at }) => `${code} ${last(at)}`)),
    browser: found.map(({ code, path: at }) => `${code} ${last(at)}`),
    python: python === null ? null : (pythonVerdicts(verifierPy, [["--keys", keys, "--stick", path]])[0]?.code ?? -1),
  };
}

const last = (path: string): string => path.split("/").at(-1) ?? "";

/** The one delivery of a stick. */
function batchOf(path: string): string {
  const top = join(path, "PROVISIONING");
  return join(top, readdirSync(top).find((one) => !one.includes(".")) ?? "");
}

function copyOf(folder: string): string {
  count += 1;
  const copy = join(world.base, `tampered-${count}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

test("untouched, both sticks are good in the eyes of all three", async () => {
  const good = { station: [], browser: [], python: python === null ? null : 0 };
  expect([await judged(stick), await judged(second)]).toEqual([good, good]);
}, 30_000);

type Statement = Parameters<Parameters<typeof resign>[1]>[0];
const tokenIn = ({ predicate }: Statement): Record<string, unknown> =>
  (predicate["carried"] as Record<string, unknown>[])[0] ?? {};

/** As whoever stole the station's keys would, but not its ledger. */
function signedAnew(change: (statement: Statement) => void): (path: string) => void {
  return (path) => {
    const ring = world.station.keys;
    const signer = (use: "manifest" | "minisign") => ({
      publicKey: ring.publicKey(use),
      sign: (message: Uint8Array) => ring.sign(use, message),
    });
    resign(batchOf(path), change, {
      manifest: signer("manifest"),
      minisign: signer("minisign"),
      minisignKeyId: ring.minisignKeyId,
    });
  };
}

const tamperings: readonly (readonly [string, (path: string) => void, string, string])[] = [
  [
    "a byte of the licence",
    (path) => flipByte(join(batchOf(path), name), 100),
    `VERIFY_DIGEST ${name}`,
    `digest ${name}`,
  ],
  [
    "a byte of its receipt",
    (path) => flipByte(join(batchOf(path), `${name}.tlog-proof`), 90),
    `VERIFY_DIGEST ${name}.tlog-proof`,
    `digest ${name}.tlog-proof`,
  ],
  ["the licence gone", (path) => rmSync(join(batchOf(path), name)), `VERIFY_MISSING ${name}`, `missing ${name}`],
  [
    "the licence under another name",
    (path) => renameSync(join(batchOf(path), name), join(batchOf(path), "x.key")),
    `VERIFY_UNEXPECTED x.key`,
    `unexpected x.key`,
  ],
  [
    "a second licence put beside it",
    (path) => writeFileSync(join(batchOf(path), "b.key"), "LS1"),
    "VERIFY_UNEXPECTED b.key",
    "unexpected b.key",
  ],
  [
    "another target, signed anew",
    signedAnew((one) => (tokenIn(one)["target"] = "plant 5")),
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-entry ${name}.tlog-proof`,
  ],
  [
    "another vendor's key, signed anew",
    signedAnew((one) => (tokenIn(one)["vendor_key_sha256"] = "ab".repeat(32))),
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-entry ${name}.tlog-proof`,
  ],
  [
    "another licence id, signed anew",
    signedAnew((one) => (tokenIn(one)["token_id"] = "NW-9")),
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-entry ${name}.tlog-proof`,
  ],
  [
    "a longer life, signed anew",
    signedAnew((one) => (tokenIn(one)["expires_at"] = "2099-01-01T00:00:00.000Z")),
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-entry ${name}.tlog-proof`,
  ],
  [
    "another kind, signed anew",
    signedAnew((one) => (tokenIn(one)["kind"] = "stella")),
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-entry ${name}.tlog-proof`,
  ],
  [
    "another place in the ledger, signed anew",
    signedAnew((one) => (tokenIn(one)["ledger_index"] = 0)),
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-place ${name}.tlog-proof`,
  ],
  [
    "no licence in the list, signed anew",
    signedAnew(({ predicate }) => (predicate["carried"] = [])),
    "VERIFY_MANIFEST manifest.dsse.json",
    "manifest-form manifest.dsse.json",
  ],
  [
    "another licence, with a manifest signed anew",
    (path) => {
      const other = Buffer.from(vendor.token({ ...licenceClaims, tier: "enterprise" }));
      writeFileSync(join(batchOf(path), name), other);
      signedAnew(({ subject }) => {
        const listed = subject.find((one) => one.name === name);
        if (listed !== undefined) listed.digest.sha256 = sha256Hex(other);
      })(path);
    },
    `VERIFY_RECEIPT ${name}.tlog-proof`,
    `receipt-entry ${name}.tlog-proof`,
  ],
];

test.each(tamperings)(
  "%s is found by all three",
  async (_, apply, station, browser) => {
    const path = copyOf(stick);
    apply(path);
    const verdicts = await judged(path);
    expect(verdicts.station).toContain(station);
    expect(verdicts.browser).toContain(browser);
    if (python !== null) expect(verdicts.python).toBe(5);
  },
  20_000,
);

test("the index of a stick that only carries names no device, and its loss is found", async () => {
  const path = copyOf(second);
  const index = join(path, "PROVISIONING/index.json");
  expect(readFileSync(index, "utf8")).toBe('{"devices":{},"v":1}\n');
  rmSync(index);
  const verdicts = await judged(path);
  expect(verdicts.station).toContain("VERIFY_MISSING index.json");
  expect(verdicts.browser).toContain("missing index.json");
}, 60_000);
