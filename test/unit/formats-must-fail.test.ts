import { describe, expect, it } from "vitest";
import { openCheckpoint, parseCheckpoint, signCheckpoint } from "#shared/formats/checkpoint.ts";
import { openEnvelope, parseEnvelope, signEnvelope } from "#shared/formats/dsse.ts";
import { base64, utf8 } from "#shared/formats/encoding.ts";
import {
  formatMinisignPublicKey,
  parseMinisig,
  parseMinisignPublicKey,
  signMinisig,
  verifyMinisig,
} from "#shared/formats/minisign.ts";
import { formatPublicKeyPem, parsePublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatSha256Sums, parseSha256Sums } from "#shared/formats/sha256sums.ts";
import { formatVkey, noteKey, parseNote, parseVkey, signNote, verifyNote } from "#shared/formats/signed-note.ts";
import { formatTlogProof, parseTlogProof, verifyReceipt } from "#shared/formats/tlog-proof.ts";
import {
  exampleArtefacts,
  exampleCheckpoint,
  exampleEnvelope,
  exampleKey,
  exampleMinisignKey,
  exampleReceipt,
  exampleSums,
} from "../fixtures/format-examples.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";

const { publicKey, sign } = exampleSigner;
const otherKey = noteKey(exampleKey.name, otherSigner.publicKey);
const shown = (page: string, index: number): string =>
  Buffer.from(exampleArtefacts[page]?.[index] ?? []).toString("utf8");
const refusal = (code: string): unknown => expect.objectContaining({ name: "StationError", code });

describe("vkey", () => {
  const vkey = formatVkey(exampleKey);
  it.each([
    "",
    `${vkey}\n`,
    vkey.toUpperCase(),
    vkey.replace("+aab2bdf8+", "+aab2bdf9+"),
    vkey.replace("+aab2bdf8+", "+AAB2BDF8+"),
    vkey.replace("station.example", "station.exemple"),
    vkey.replace("station", "sta tion"),
    vkey.replace("+Add", "+Bdd"),
    vkey.slice(0, -1),
    `${vkey}=`,
    vkey.replace("station.example/dock-7", ""),
  ])("%j is refused", (text) => {
    expect(() => parseVkey(text)).toThrow(refusal("VERIFY_KEYS"));
  });

  it.each(["", "a b", "a+b", "a\u00a0b", "a\nb"])("is not made for the name %j", (name) => {
    expect(() => noteKey(name, publicKey)).toThrow(refusal("USAGE"));
  });
});

describe("signed note", () => {
  const note = shown("signed-note.md", 1);
  const line = note.slice(note.indexOf("\u2014"));
  it.each<[string, string]>([
    ["no signature", "Stock taken.\n\n"],
    ["no empty line", `Stock taken.\n${line}`],
    ["no final newline", note.slice(0, -1)],
    ["a control character", note.replace("taken", "ta\tken")],
    ["a carriage return", note.replaceAll("\n", "\r\n")],
    ["two blanks", line.replace(" ", "  ").replace(/^/, "Stock taken.\n\n")],
    ["a hyphen for the dash", note.replace("\u2014", "-")],
    ["unpadded base64", note.replace("=\n", "\n")],
    ["leftover bits", note.replace("Ac=\n", "Ad=\n")],
    ["a signature of no bytes", "Stock taken.\n\n\u2014 a qrK9+A==\n"],
    ["a name with a plus", note.replace("\u2014 station", "\u2014 sta+tion")],
    ["too many signatures", note + line.repeat(64)],
    ["too many bytes", `${"a".repeat(262_144)}\n\n${line}`],
  ])("with %s is refused", (_, text) => {
    expect(() => parseNote(text)).toThrow(refusal("VERIFY_ENCODING"));
    expect(() => parseNote(utf8(text))).toThrow(refusal("VERIFY_ENCODING"));
  });

  it("that is not UTF-8 is refused", () => {
    expect(() => parseNote(Uint8Array.of(0xff, 0x0a, 0x0a))).toThrow(refusal("VERIFY_ENCODING"));
  });

  it("verifies beside an unknown key's line, but not with a bad line in its own name", () => {
    const both = note + signNote("Stock taken.\n", otherKey, otherSigner.sign).split("\n\n")[1];
    expect(verifyNote(parseNote(both), exampleKey)).toBe(true);
    expect(verifyNote(parseNote(both), otherKey)).toBe(true);
    const bad = note + signNote("Other.\n", exampleKey, sign).split("\n\n")[1];
    expect(verifyNote(parseNote(bad), exampleKey)).toBe(false);
  });

  it("does not verify by name or id alone", () => {
    expect(verifyNote(parseNote(note), otherKey)).toBe(false);
    expect(verifyNote(parseNote(note), { ...exampleKey, name: "station.example/dock-8" })).toBe(false);
  });
});

describe("checkpoint", () => {
  const root = base64(exampleCheckpoint.rootHash);
  it.each([
    "",
    `o\n2\n${root}`,
    `\n2\n${root}\n`,
    `o\n02\n${root}\n`,
    `o\n+2\n${root}\n`,
    `o\n 2\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n1e3\n${root}\n`,
    `o\n9007199254740992\n${root}\n`,
    `o\n2\n${root.slice(0, -4)}\n`,
    `o\n2\n${root}\nextension\n`,
    `o\n2\n${root}\n\n`,
    `o\r\n2\r\n${root}\r\n`,
  ])("%j is refused", (text) => {
    expect(() => parseCheckpoint(text)).toThrow(refusal("VERIFY_ENCODING"));
  });

  it("by another key is refused", () => {
    expect(() => openCheckpoint(exampleReceipt.checkpoint, otherKey)).toThrow(refusal("VERIFY_SIGNATURE"));
  });

  it("that is signed but names another ledger is refused", () => {
    const note = signNote(`elsewhere\n2\n${root}\n`, exampleKey, sign);
    expect(() => openCheckpoint(note, exampleKey)).toThrow(refusal("LEDGER_FOREIGN"));
    expect(() => signCheckpoint({ ...exampleCheckpoint, origin: "elsewhere" }, exampleKey, sign)).toThrow(
      refusal("INTERNAL"),
    );
  });

  it("that is signed but not exact is refused", () => {
    const note = signNote(`${exampleKey.name}\n2\n${root}\nmore\n`, exampleKey, sign);
    expect(() => openCheckpoint(note, exampleKey)).toThrow(refusal("VERIFY_ENCODING"));
  });
});

describe("receipt", () => {
  const receipt = shown("tlog-proof.md", 0);
  const hash = receipt.split("\n")[3] ?? "";
  it.each<[string, string]>([
    ["another version", receipt.replace("@v1", "@v2")],
    ["no checkpoint", receipt.slice(0, receipt.indexOf("\n\n"))],
    ["an empty extra", receipt.replace(/extra .*\n/, "extra \n")],
    ["leftover bits in extra", receipt.replace("fQ==\n", "fR==\n")],
    ["two extras", receipt.replace("extra ", "extra e30=\nextra ")],
    ["an index with a leading zero", receipt.replace("index 0", "index 00")],
    ["a negative index", receipt.replace("index 0", "index -1")],
    ["an index beyond every tree", receipt.replace("index 0", "index 9007199254740993")],
    ["no index", receipt.replace("index 0\n", "")],
    ["a short hash", receipt.replace(hash, hash.slice(4))],
    ["a carriage return", receipt.replace("index 0\n", "index 0\r\n")],
    ["too many hashes", receipt.replace(hash, Array.from({ length: 64 }, () => hash).join("\n"))],
    ["too many bytes", receipt + "\n".repeat(131_072)],
  ])("with %s is refused", (_, text) => {
    expect(() => parseTlogProof(utf8(text))).toThrow(refusal("VERIFY_ENCODING"));
  });

  it.each<[string, string, string]>([
    ["another entry", receipt.replace("extra eyJh", "extra eyJi"), "VERIFY_RECEIPT"],
    ["no entry", receipt.replace(/extra .*\n/, ""), "VERIFY_ENCODING"],
    ["another index", receipt.replace("index 0", "index 1"), "VERIFY_RECEIPT"],
    ["an index beyond the tree", receipt.replace("index 0", "index 2"), "VERIFY_RECEIPT"],
    ["one hash too few", receipt.replace(`${hash}\n`, ""), "VERIFY_RECEIPT"],
    ["one hash too many", receipt.replace(hash, `${hash}\n${hash}`), "VERIFY_RECEIPT"],
    ["a checkpoint that was changed", receipt.replace("\n2\n", "\n3\n"), "VERIFY_SIGNATURE"],
    ["bytes after the checkpoint", `${receipt}\n`, "VERIFY_ENCODING"],
  ])("with %s proves nothing", (_, text, code) => {
    expect(() => verifyReceipt(utf8(text), exampleKey)).toThrow(refusal(code));
  });

  it("opens its checkpoint through what the caller gives, so that one check serves many", () => {
    let opened = 0;
    const open = (note: string) => {
      opened++;
      return openCheckpoint(note, exampleKey);
    };
    const { index, checkpoint } = verifyReceipt(formatTlogProof(exampleReceipt), exampleKey, open);
    expect({ index, checkpoint, opened }).toEqual({ index: 0, checkpoint: exampleCheckpoint, opened: 1 });
  });
});

describe("envelope", () => {
  const envelope = Buffer.from(exampleEnvelope).toString("utf8");
  it.each<[string, string]>([
    ["no final newline", envelope.slice(0, -1)],
    ["white space", envelope.replace('","', '", "')],
    ["a member more", envelope.replace("{", '{"a":1,')],
    ["a second signature", envelope.replace(/\[(\{.*\})\]/, "[$1,$1]")],
    ["no signature", envelope.replace(/\[\{.*\}\]/, "[]")],
    ["unpadded base64", envelope.replace('=="}]', '"}]')],
    ["members out of order", `{"payloadType":"t","payload":"","signatures":[]}\n`],
    ["a list for an envelope", "[]\n"],
    ["nothing", ""],
  ])("with %s is refused", (_, text) => {
    expect(() => parseEnvelope(utf8(text))).toThrow(refusal("VERIFY_ENCODING"));
  });

  it.each([
    ["type", { payloadType: "text/html" }],
    ["key id", { keyId: "other" }],
    ["key", { publicKey: otherSigner.publicKey }],
  ])("of another %s than expected is refused", (_, change) => {
    const expected = { payloadType: "text/plain", keyId: publicKeyFingerprint(publicKey), publicKey };
    const bytes = signEnvelope(expected.payloadType, utf8("hello"), expected.keyId, sign);
    expect(openEnvelope(bytes, expected)).toEqual(utf8("hello"));
    expect(() => openEnvelope(bytes, { ...expected, ...change })).toThrow(refusal("VERIFY_SIGNATURE"));
  });
});

describe("minisign", () => {
  const pub = shown("minisign.md", 0);
  const sig = shown("minisign.md", 1);
  it.each([
    "",
    pub.slice(0, -1),
    `${pub}\n`,
    pub.replaceAll("\n", "\r\n"),
    pub.replace("0807", "0808"),
    pub.replace("minisign public", "minisign  public"),
    pub.replace("RWQ", "RUQ"),
  ])("the public key %j is refused", (text) => {
    expect(() => parseMinisignPublicKey(utf8(text))).toThrow(refusal("VERIFY_KEYS"));
  });

  it.each<[string, string]>([
    ["another untrusted comment", sig.replace("licence station", "license station")],
    ["the kind that is not prehashed", sig.replace("RUQ", "RWQ")],
    ["no trusted comment", sig.replace("trusted comment: batch", "comment: batch")],
    ["a control character in the comment", sig.replace("batch ", "batch\t")],
    ["a line more", `${sig}\n`],
    ["no final newline", sig.slice(0, -1)],
    ["leftover bits", sig.replace("Ag==", "Ah==")],
    ["too many bytes", sig.replace("batch", "b".repeat(4096))],
  ])("a signature with %s is refused", (_, text) => {
    expect(() => parseMinisig(utf8(text))).toThrow(refusal("VERIFY_ENCODING"));
  });

  it.each<[string, string]>([
    ["another key id", sig.replace("RUQBAg", "RUQBAh")],
    ["another signature", sig.replace("CL/K", "CL/L")],
    ["another trusted comment", sig.replace("batch 2026", "batch 2025")],
    ["another global signature", sig.replace("YZ+i", "YZ+j")],
  ])("a signature with %s does not verify", (_, text) => {
    expect(() => verifyMinisig(utf8("abc"), utf8(text), exampleMinisignKey)).toThrow(refusal("VERIFY_SIGNATURE"));
  });

  it("verifies the file and answers the trusted comment", () => {
    expect(verifyMinisig(utf8("abc"), utf8(sig), exampleMinisignKey)).toBe("batch 20261102-0930-abcdefgh");
    expect(() => verifyMinisig(utf8("abd"), utf8(sig), exampleMinisignKey)).toThrow(refusal("VERIFY_SIGNATURE"));
  });

  it("is not made with a comment of two lines", () => {
    const keyId = new Uint8Array(8);
    expect(() => signMinisig(utf8("abc"), "a\nb", keyId, sign)).toThrow(refusal("INTERNAL"));
  });

  it("shows a key's id as the tool does", () => {
    const text = Buffer.from(formatMinisignPublicKey(exampleMinisignKey)).toString("utf8");
    expect(text).toMatch(/^untrusted comment: minisign public key 0807060504030201\n/);
  });
});

describe("SHA256SUMS", () => {
  const sums = shown("sha256sums.md", 0);
  const [first = "", second = ""] = sums.split("\n");
  it.each<[string, string]>([
    ["nothing", ""],
    ["only a newline", "\n"],
    ["no final newline", sums.slice(0, -1)],
    ["an empty line", `${first}\n\n${second}\n`],
    ["lines out of order", `${second}\n${first}\n`],
    ["a line twice", `${first}\n${first}\n`],
    ["upper-case hex", sums.replace("49cb", "49CB")],
    ["one blank", sums.replace("  gate", " gate")],
    ["binary mode", sums.replace("  gate", " *gate")],
    ["a folder", sums.replace("  gate", "  ../gate")],
    ["a hidden name", sums.replace("  gate", "  .gate")],
    ["a carriage return", sums.replaceAll("\n", "\r\n")],
    ["a name that is not ASCII", sums.replace("gate", "g\u00e4te")],
  ])("with %s is refused", (_, text) => {
    expect(() => parseSha256Sums(utf8(text))).toThrow(refusal("VERIFY_ENCODING"));
  });

  it.each([
    ["one name twice", [...exampleSums, ...exampleSums]],
    ["a name with a folder", [{ name: "a/b", sha256: "0".repeat(64) }]],
    ["a short digest", [{ name: "a", sha256: "0".repeat(63) }]],
    ["no file", []],
  ])("is not written for %s", (_, list) => {
    expect(() => formatSha256Sums(list)).toThrow(refusal("INTERNAL"));
  });
});

describe("PEM", () => {
  const pem = shown("public-keys.md", 0);
  it.each([
    "",
    pem.slice(0, -1),
    `\n${pem}`,
    `${pem}\n`,
    pem.replaceAll("\n", "\r\n"),
    pem.replaceAll("PUBLIC", "PRIVATE"),
    pem.replace("MCowBQYDK2VwA", "MCowBQYDK2VuA"),
    pem.replace("VS/", "\nVS/"),
    pem.replace("Ro=\n", "Rp=\n"),
  ])("%j is refused", (text) => {
    expect(() => parsePublicKeyPem(utf8(text))).toThrow(refusal("VERIFY_KEYS"));
  });

  it("is not made of a key that is not 32 bytes", () => {
    expect(() => formatPublicKeyPem(new Uint8Array(31))).toThrow(refusal("INTERNAL"));
  });
});
