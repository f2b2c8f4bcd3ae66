import { describe, expect, test } from "vitest";
import { cosign, cosignedAt, cosignerType, gatherCosignatures } from "#shared/formats/cosignature.ts";
import { formatNote, formatVkey, noteKey, parseNote, parseVkey, signNote } from "#shared/formats/signed-note.ts";
import { formatWitnessRequest, parseWitnessRequest } from "#shared/formats/witness-request.ts";
import { cosignedAt as seenByAuditor, readNote, readVkey } from "#shared/verifier/note.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";

const ledgerKey = noteKey("dock-7.example", exampleSigner.publicKey);
const witness = noteKey("hq.example", otherSigner.publicKey, cosignerType);
const text = "dock-7.example\n3\nYoScrXppNeFugrrPzMpJvWynJiACWRjYWdWJNnDZAaw=\n";
const signed = signNote(text, ledgerKey, exampleSigner.sign);
const line = cosign(text, witness, 1_793_600_000, otherSigner.sign);
const whole = formatNote({ text, signatures: [...parseNote(signed).signatures, line] });

// The line of the C2SP specification's example, which was not made here: key id, time, signature.
const specified =
  "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";

test("a cosigner's line tells its time to our reader and to the auditor's, which shares no code with it", () => {
  expect(cosignedAt(parseNote(whole), witness)).toBe(1_793_600_000);
  const vkey = readVkey(formatVkey(witness, cosignerType), "cosignature");
  expect(seenByAuditor(readNote(new TextEncoder().encode(whole)), vkey)).toBe(1_793_600_000);
});

test("a line is laid out as the specification's example: four bytes of key id, the time, the signature", () => {
  const bytes = Buffer.from(specified, "base64");
  expect(bytes.readBigUInt64BE(4)).toBe(1_679_315_147n);
  expect(line.signature.length + 4).toBe(bytes.length);
  expect(Buffer.from(line.signature).readBigUInt64BE(0)).toBe(1_793_600_000n);
});

test("a cosigner's vkey is not a ledger's, nor the other way round", () => {
  expect(parseVkey(formatVkey(witness, cosignerType), cosignerType)).toEqual(witness);
  expect(() => parseVkey(formatVkey(witness, cosignerType))).toThrow(expect.objectContaining({ code: "VERIFY_KEYS" }));
  expect(() => parseVkey(formatVkey(ledgerKey), cosignerType)).toThrow(
    expect.objectContaining({ code: "VERIFY_KEYS" }),
  );
});

describe("a line says nothing", () => {
  const changed = (change: (bytes: Uint8Array) => Uint8Array) => ({
    text,
    signatures: [{ ...line, signature: change(line.signature.slice()) }],
  });
  test.each([
    ["of another time", changed((bytes) => bytes.with(7, (bytes[7] ?? 0) ^ 1))],
    ["with its signature changed", changed((bytes) => bytes.with(20, (bytes[20] ?? 0) ^ 1))],
    ["that is a byte short", changed((bytes) => bytes.slice(0, -1))],
    ["at a time beyond 2^53", changed((bytes) => bytes.with(0, 0x40))],
    ["for another checkpoint", { text: text.replace("\n3\n", "\n4\n"), signatures: [line] }],
  ])("%s", (_, note) => {
    expect(cosignedAt(note, witness)).toBeNull();
  });

  test("under the same key as a ledger's", () => {
    expect(cosignedAt(parseNote(whole), noteKey("hq.example", otherSigner.publicKey))).toBeNull();
  });
});

test("gathering keeps the ledger's line and the newest true line of each witness, in one order", () => {
  const later = cosign(text, witness, 1_793_700_000, otherSigner.sign);
  const false_ = { ...line, signature: line.signature.with(30, (line.signature[30] ?? 0) ^ 1) };
  const noteWith = (...lines: readonly (typeof line)[]) =>
    formatNote({ text, signatures: [...lines, ...parseNote(signed).signatures] });
  const gathered = gatherCosignatures([noteWith(false_), noteWith(line), noteWith(later)], [ledgerKey], [witness]);
  expect(parseNote(gathered).signatures).toEqual([...parseNote(signed).signatures, later]);
});

describe("a request to a witness", () => {
  const request = { oldSize: 2, proof: [new Uint8Array(32).fill(7)], checkpoint: signed };
  test("is read back as it was written, and a bare checkpoint asks from the beginning", () => {
    expect(parseWitnessRequest(formatWitnessRequest(request))).toEqual(request);
    expect(parseWitnessRequest(signed)).toEqual({ oldSize: 0, proof: [], checkpoint: signed });
  });
  const written = formatWitnessRequest(request);
  test.each([
    ["a size with a leading zero", written.replace("old 2", "old 02")],
    ["a size beyond 2^53", written.replace("old 2", "old 9999999999999999")],
    ["a hash of another length", written.replace(/\n[A-Za-z0-9+/]{43}=\n/, "\nBwcH\n")],
    [
      "too many hashes",
      formatWitnessRequest({ ...request, proof: Array.from({ length: 64 }, () => new Uint8Array(32)) }),
    ],
    ["no empty line", written.slice(0, written.indexOf("\n\n"))],
  ])("is refused with %s", (_, wrong) => {
    expect(() => parseWitnessRequest(wrong)).toThrow(expect.objectContaining({ code: "VERIFY_ENCODING" }));
  });
});
