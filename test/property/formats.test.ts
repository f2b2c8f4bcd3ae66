import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, isCanonicalJson } from "#shared/formats/canonical-json.ts";
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { formatEnvelope, openEnvelope, parseEnvelope } from "#shared/formats/dsse.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import {
  formatMinisig,
  formatMinisignPublicKey,
  parseMinisig,
  parseMinisignPublicKey,
  verifyMinisig,
} from "#shared/formats/minisign.ts";
import { formatPublicKeyPem, parsePublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatSha256Sums, parseSha256Sums } from "#shared/formats/sha256sums.ts";
import { formatNote, formatVkey, noteKey, parseNote, parseVkey } from "#shared/formats/signed-note.ts";
import { formatStatement, parseStatement } from "#shared/formats/statement.ts";
import { formatTlogProof, parseTlogProof, verifyReceipt } from "#shared/formats/tlog-proof.ts";
import {
  exampleArtefacts,
  exampleKey,
  exampleMinisignKey,
  exampleReceipt,
  exampleStatement,
} from "../fixtures/format-examples.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const keyName = fc.stringMatching(/^[a-z0-9./-]{1,40}$/);
const fileName = fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z._-]{0,60}$/);
const hex64 = bytes(32).map((digest) => Buffer.from(digest).toString("hex"));

describe("canonical JSON", () => {
  it("is its own canonical form, and means the same to JSON.parse", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalJson(value);
        expect(isCanonicalJson(text)).toBe(true);
        // JSON has no minus zero.
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is what the plainest writer of sorted members writes", () => {
    const plainest = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(plainest).join(",")}]`;
      if (typeof value !== "object" || value === null) return JSON.stringify(value);
      const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${plainest(member)}`).join(",")}}`;
    };
    const name = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.nat().map(String),
      fc.constantFrom("__proto__", "toJSON"),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.constantFrom(null, true, false),
        ),
        fc.array(tie("tree"), { maxLength: 5 }),
        fc.dictionary(name, tie("tree"), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(canonicalJson(value)).toBe(plainest(value));
      }),
      { numRuns: 500 },
    );
  });

  it("does not depend on the order in which members were made", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.integer()), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(members));
      }),
    );
  });

  it("is refused in any other spelling", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (value, at) => {
        const text = canonicalJson(value);
        const cut = at % (text.length + 1);
        fc.pre(!text.includes(" "));
        const spaced = `${text.slice(0, cut)} ${text.slice(cut)}`;
        // A blank inside a string is another value, and canonical.
        if (isCanonicalJson(spaced)) expect(JSON.parse(spaced)).not.toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("what a codec writes, it reads back as it was", () => {
  it("vkeys", () => {
    fc.assert(
      fc.property(keyName, bytes(32), (name, publicKey) => {
        const key = noteKey(name, publicKey);
        expect(parseVkey(formatVkey(key))).toEqual(key);
      }),
    );
  });

  it("notes", () => {
    const lines = fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replace(/\p{Cc}/gu, "")));
    const signature = fc.record({
      name: keyName,
      keyId: bytes(4).map((id) => Buffer.from(id).toString("hex")),
      signature: bytes(64),
    });
    fc.assert(
      fc.property(lines, fc.array(signature, { minLength: 1, maxLength: 16 }), (lines, signatures) => {
        const note = { text: `${lines.join("\n")}\n`, signatures };
        expect(parseNote(utf8(formatNote(note)))).toEqual(note);
      }),
    );
  });

  it("checkpoints", () => {
    fc.assert(
      fc.property(keyName, fc.maxSafeNat(), bytes(32), (origin, size, rootHash) => {
        expect(parseCheckpoint(formatCheckpoint({ origin, size, rootHash }))).toEqual({ origin, size, rootHash });
      }),
    );
  });

  it("receipts", () => {
    const proof = fc.record({
      extra: fc.option(fc.uint8Array({ minLength: 1, maxLength: 400 })),
      index: fc.maxSafeNat(),
      proof: fc.array(bytes(32), { maxLength: 63 }),
      checkpoint: fc.constant(exampleReceipt.checkpoint),
    });
    fc.assert(
      fc.property(proof, (proof) => {
        expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
      }),
    );
  });

  it("envelopes", () => {
    const envelope = fc.record({
      payloadType: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
      payload: fc.uint8Array({ maxLength: 300 }),
      keyId: fc.string({ minLength: 1, maxLength: 64 }),
      signature: bytes(64),
    });
    fc.assert(
      fc.property(envelope, (envelope) => {
        expect(parseEnvelope(formatEnvelope(envelope))).toEqual(envelope);
      }),
    );
  });

  it("minisign keys and signatures", () => {
    const signature = fc.record({
      keyId: bytes(8),
      signature: bytes(64),
      trustedComment: fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replace(/\p{Cc}/gu, "")),
      globalSignature: bytes(64),
    });
    fc.assert(
      fc.property(signature, (one) => {
        expect(parseMinisig(formatMinisig(one))).toEqual(one);
      }),
    );
    const key = fc.record({ keyId: bytes(8), publicKey: bytes(32) });
    fc.assert(
      fc.property(key, (one) => {
        expect(parseMinisignPublicKey(formatMinisignPublicKey(one))).toEqual(one);
      }),
    );
  });

  it("PEM", () => {
    fc.assert(
      fc.property(bytes(32), (key) => {
        expect(parsePublicKeyPem(formatPublicKeyPem(key))).toEqual(key);
      }),
    );
  });

  it("SHA256SUMS, sorted", () => {
    const sums = fc.uniqueArray(fc.record({ name: fileName, sha256: hex64 }), {
      selector: ({ name }) => name,
      minLength: 1,
    });
    fc.assert(
      fc.property(sums, (sums) => {
        const read = parseSha256Sums(formatSha256Sums(sums));
        expect(read).toEqual(sums.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
      }),
    );
  });
});

/** Every way in for bytes from a stick; each must verify fully or throw a StationError. */
const openers: Readonly<Record<string, { readonly good: Uint8Array; readonly open: (bytes: Uint8Array) => unknown }>> =
  {
    note: { good: utf8(exampleReceipt.checkpoint), open: (bytes) => openCheckpoint(bytes, exampleKey) },
    receipt: { good: formatTlogProof(exampleReceipt), open: (bytes) => verifyReceipt(bytes, exampleKey) },
    envelope: {
      good: exampleArtefacts["dsse.md"]?.[0] ?? new Uint8Array(0),
      open: (bytes) => {
        const { publicKey } = exampleSigner;
        return openEnvelope(bytes, { payloadType: "text/plain", keyId: publicKeyFingerprint(publicKey), publicKey });
      },
    },
    minisig: {
      good: exampleArtefacts["minisign.md"]?.[1] ?? new Uint8Array(0),
      open: (bytes) => verifyMinisig(utf8("abc"), bytes, exampleMinisignKey),
    },
  };

describe("signed bytes", () => {
  it.each(Object.entries(openers))("%s: no byte can be changed to any other", (_, { good, open }) => {
    open(good);
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = good.slice();
        bad[at] = (bad[at] ?? 0) ^ change;
        expect(() => open(bad)).toThrow(StationError);
      }),
      { numRuns: 120 },
    );
  });

  it.each(Object.entries(openers))("%s: no cut, no addition and no noise is accepted", (_, { good, open }) => {
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.uint8Array({ minLength: 1, maxLength: 80 }), (at, noise) => {
        for (const bad of [good.slice(0, at), Buffer.concat([good, noise]), Buffer.concat([noise, good]), noise]) {
          expect(() => open(new Uint8Array(bad))).toThrow(StationError);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("parsers of unsigned forms", () => {
  it("never throw anything but a StationError, and keep no second spelling", () => {
    const statement = formatStatement(exampleStatement);
    const sums = exampleArtefacts["sha256sums.md"]?.[0] ?? new Uint8Array(0);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const flip = (good: Uint8Array): Uint8Array => {
          const bad = good.slice();
          bad[at % bad.length] = (bad[at % bad.length] ?? 0) ^ change;
          return bad;
        };
        for (const [bad, again] of [
          [flip(statement), (bytes: Uint8Array) => formatStatement(parseStatement(bytes))],
          [flip(sums), (bytes: Uint8Array) => formatSha256Sums(parseSha256Sums(bytes))],
        ] as const) {
          try {
            expect(again(bad)).toEqual(bad);
          } catch (error) {
            expect(error).toBeInstanceOf(StationError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
