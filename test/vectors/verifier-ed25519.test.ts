import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";

const folder = dirname(fileURLToPath(new URL("../../electron/engine/ledger/verify.py", import.meta.url)));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const prime = 2n ** 255n - 19n;
const message = utf8("message");
const good = exampleSigner.sign(message);
const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const zero = new Uint8Array(32);

const cases: readonly [title: string, key: Uint8Array, signature: Uint8Array, verifies: boolean][] = [
  ["a good signature", exampleSigner.publicKey, good, true],
  ["another key", otherSigner.publicKey, good, false],
  [
    "S not reduced",
    exampleSigner.publicKey,
    join(good.subarray(0, 32), littleEndian(numberOf(good.subarray(32)) + order)),
    false,
  ],
  ["a key of small order", littleEndian(1n), join(littleEndian(1n), zero), false],
  ["another key of small order", littleEndian(prime - 1n), join(littleEndian(1n), zero), false],
  ["a key whose y is not reduced", littleEndian(prime + 1n), join(littleEndian(1n), zero), false],
  ["a key that is no point", littleEndian(2n), good, false],
  ["a key of x 0 and sign 1", littleEndian(1n + 2n ** 255n), join(littleEndian(1n), zero), false],
  ["an R that is not reduced", exampleSigner.publicKey, join(littleEndian(prime + 1n), good.subarray(32)), false],
  ["a short signature", exampleSigner.publicKey, good.subarray(1), false],
  ["a short key", exampleSigner.publicKey.subarray(1), good, false],
  ...Array.from({ length: 32 }, (_, i): [string, Uint8Array, Uint8Array, boolean] => {
    const bad = good.slice();
    bad[i * 2] = (bad[i * 2] ?? 0) ^ (1 << (i % 8));
    return [`bit ${i % 8} of byte ${i * 2} changed`, exampleSigner.publicKey, bad, false];
  }),
];

it("shared/crypto judges each edge of RFC 8032 as listed", () => {
  const judged = cases.map(([title, key, signature]) => [title, verifyEd25519(key, message, signature)]);
  expect(judged).toEqual(cases.map(([title, , , verifies]) => [title, verifies]));
});

it.runIf(hasPython)("the Python verifier judges each edge of RFC 8032 alike", () => {
  const program = [
    "import json, sys",
    `sys.path.insert(0, ${JSON.stringify(folder)})`,
    "sys.dont_write_bytecode = True",
    "from verify import ed25519_verifies",
    "print(json.dumps([ed25519_verifies(*map(bytes.fromhex, case)) for case in json.load(sys.stdin)]))",
  ].join("\n");
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const input = JSON.stringify(cases.map(([, key, signature]) => [hex(key), hex(message), hex(signature)]));
  const { stdout, stderr } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
  expect(stderr).toBe("");
  const judged = JSON.parse(stdout) as readonly boolean[];
  expect(cases.map(([title], i) => [title, judged[i]])).toEqual(
    cases.map(([title, , , verifies]) => [title, verifies]),
  );
});
