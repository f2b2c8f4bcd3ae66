import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64, utf8 } from "#shared/formats/encoding.ts";
import { base64Bytes } from "#shared/verifier/bytes.ts";
import { canonicalObject } from "#shared/verifier/canonical.ts";
import { noteKey, readHead, readNote, readVkey } from "#shared/verifier/note.ts";
import type { FileSource } from "#shared/verifier/source.ts";
import { LedgerTable } from "#shared/verifier/table.ts";
import { keyFingerprint, readKeyFile, type TrustedKeys } from "#shared/verifier/trusted-keys.ts";
import { type Verdict, verifyEvidence } from "#shared/verifier/verify.ts";
import { formatMinisignPublicKey } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { exampleSigner, otherSigner, type Signer, signerFromSeed } from "../fixtures/known-signer.ts";
import {
  checkpointOf,
  memoryBundle,
  memorySource,
  plainEntries,
  rotationEntry,
  trusting,
} from "../fixtures/memory-bundle.ts";

const third = signerFromSeed("33".repeat(32));

async function judge(
  files: Readonly<Record<string, Readonly<Record<string, Uint8Array>> | Uint8Array>>,
  keys: TrustedKeys,
  pieceBytes?: number,
): Promise<Verdict> {
  const flat = Object.entries(files).flatMap(([name, content]) =>
    content instanceof Uint8Array
      ? [[name, content] as const]
      : Object.entries(content).map(([path, bytes]) => [`${name}/${path}`, bytes] as const),
  );
  return verifyEvidence({ source: memorySource(Object.fromEntries(flat), pieceBytes), keys });
}

function wrong(verdict: Verdict): readonly string[] {
  const found = [...verdict.findings, ...verdict.subjects.flatMap(({ findings }) => findings)];
  expect(verdict.ok).toBe(found.length === 0 && verdict.subjects.length > 0);
  return found.map(({ code, path }) => `${code} ${path}`);
}

describe("an export", () => {
  test("is judged the same whatever the pieces its files come in", async () => {
    const bundle = memoryBundle(plainEntries(40), exampleSigner);
    for (const pieceBytes of [1, 7, 100, 1 << 16]) {
      expect(wrong(await judge({ bundle }, trusting(exampleSigner), pieceBytes))).toEqual([]);
      const cut = { ...bundle, "entries.jsonl": bundle["entries.jsonl"]?.subarray(0, -1) ?? new Uint8Array(0) };
      expect(wrong(await judge({ bundle: cut }, trusting(exampleSigner), pieceBytes))).toContain(
        "entry-cut bundle/entries.jsonl",
      );
    }
  });

  test("names the very entry that was changed, also deep in it", async () => {
    const entries = plainEntries(200);
    const bundle = memoryBundle(entries, exampleSigner);
    const forged = entries.with(137, (entries[137] ?? "").replace("entry", "entri"));
    const verdict = await judge(
      { bundle: { ...bundle, "entries.jsonl": utf8(`${forged.join("\n")}\n`) } },
      trusting(exampleSigner),
    );
    expect(verdict.subjects[0]?.findings).toContainEqual({
      code: "entries-differ",
      path: "bundle/entries.jsonl",
      line: 138,
      facts: { entry: 137 },
    });
  });

  test("with a line longer than an entry can be is refused without holding it", async () => {
    let read = 0;
    const endless: FileSource = {
      list: async () => [{ path: "entries.jsonl", sizeBytes: 1, kind: "file" }],
      read: async function* () {
        for (; read < 1 << 26; read += 1 << 16) yield new Uint8Array(1 << 16).fill(97);
      },
    };
    expect(wrong(await verifyEvidence({ source: endless, keys: trusting(exampleSigner) }))).toContain(
      "entry-cut entries.jsonl",
    );
    expect(read).toBeLessThan(1 << 20);
  });

  test("whose files cannot be read says so, and nothing that the reader said", async () => {
    const failing: FileSource = {
      list: async () => [{ path: "b/entries.jsonl", sizeBytes: 5, kind: "file" }],
      read: () => {
        throw new Error("EIO, and a secret");
      },
    };
    const verdict = await verifyEvidence({ source: failing, keys: trusting(exampleSigner) });
    expect(wrong(verdict)).toContain("unreadable b/entries.jsonl");
    expect(JSON.stringify(verdict.subjects)).not.toContain("secret");
  });

  test("nothing handed over, or nothing of ours, is not good", async () => {
    expect(wrong(await judge({}, trusting(exampleSigner)))).toEqual(["nothing-found "]);
    expect(wrong(await judge({ "notes.txt": utf8("hello\n") }, trusting(exampleSigner)))).toEqual(["nothing-found "]);
  });
});

describe("keys that were changed", () => {
  const first = plainEntries(3);
  const entries = [...first, rotationEntry(3, "ledger", exampleSigner, otherSigner), ...plainEntries(6).slice(4)];

  test("a key on old paper still leads to today's ledger, and today's key to what the old one signed", async () => {
    const bundle = memoryBundle(entries, otherSigner);
    const old = utf8(checkpointOf(first, exampleSigner));
    for (const trusted of [exampleSigner, otherSigner])
      expect(wrong(await judge({ bundle, "old.txt": old }, trusting(trusted)))).toEqual([]);
  });

  test("two changes are followed both ways", async () => {
    const twice = [...entries, rotationEntry(6, "ledger", otherSigner, third)];
    for (const trusted of [exampleSigner, otherSigner, third]) {
      expect(wrong(await judge({ bundle: memoryBundle(twice, third) }, trusting(trusted)))).toEqual([]);
    }
  });

  test("a retired key may not speak for a ledger that has outgrown it", async () => {
    expect(wrong(await judge({ bundle: memoryBundle(entries, exampleSigner) }, trusting(exampleSigner)))).toEqual([
      "retired-key bundle/checkpoint",
    ]);
  });

  test("a change that the old key did not sign leads nowhere", async () => {
    const forged = JSON.parse(entries[3] ?? "") as Record<string, string>;
    const signature = forged["new_signature"] ?? "";
    const entry = (entries[3] ?? "").replace(forged["old_signature"] ?? "", signature);
    const bundle = memoryBundle(entries.with(3, entry), otherSigner);
    expect(wrong(await judge({ bundle }, trusting(exampleSigner)))).toEqual([
      "note-signature bundle/checkpoint",
      "rotation-broken bundle/entries.jsonl",
    ]);
  });

  test("a change of another key's use does not make a ledger key", async () => {
    const other = [...first, rotationEntry(3, "manifest", exampleSigner, otherSigner)];
    expect(wrong(await judge({ bundle: memoryBundle(other, otherSigner) }, trusting(exampleSigner)))).toEqual([
      "note-signature bundle/checkpoint",
    ]);
  });
});

describe("checkpoints from elsewhere", () => {
  const entries = plainEntries(9);
  const bundle = memoryBundle(entries, exampleSigner);
  const loose = (texts: readonly string[], signer: Signer = exampleSigner) => utf8(checkpointOf(texts, signer));

  test("of any earlier size are of the same history", async () => {
    const notes = Object.fromEntries(entries.map((_, size) => [`note-${size}.txt`, loose(entries.slice(0, size))]));
    const verdict = await judge({ bundle, ...notes }, trusting(exampleSigner));
    expect(wrong(verdict)).toEqual([]);
    expect(verdict.subjects.map(({ kind }) => kind)).toEqual(["export", ...entries.map(() => "checkpoint")]);
  });

  test("ahead of the ledger, or of another history, are named with their place", async () => {
    const other = plainEntries(5).with(2, plainEntries(1)[0] ?? "");
    const found = wrong(
      await judge({ bundle, ahead: loose(plainEntries(12)), fork: loose(other) }, trusting(exampleSigner)),
    );
    expect(found).toEqual(["ahead ahead", "fork fork"]);
  });

  test("two of one size that differ are a fork even with no ledger at hand", async () => {
    const other = plainEntries(5).with(2, plainEntries(1)[0] ?? "");
    expect(
      wrong(await judge({ "a.txt": loose(plainEntries(5)), "b.txt": loose(other) }, trusting(exampleSigner))),
    ).toEqual(["fork b.txt"]);
  });

  test("are held against the largest ledger, so that an older export beside a newer one is no rewind", async () => {
    const early = memoryBundle(entries.slice(0, 4), exampleSigner);
    expect(wrong(await judge({ early, bundle, note: loose(entries.slice(0, 7)) }, trusting(exampleSigner)))).toEqual(
      [],
    );
    expect(wrong(await judge({ early, note: loose(entries.slice(0, 7)) }, trusting(exampleSigner)))).toEqual([
      "ahead note",
    ]);
  });

  test("by another key or of another ledger are refused", async () => {
    expect(wrong(await judge({ bundle, note: loose(entries, otherSigner) }, trusting(exampleSigner)))).toEqual([
      "note-signature note",
    ]);
    const foreign = utf8(checkpointOf(entries, exampleSigner, "dock-8.example"));
    expect(wrong(await judge({ bundle, note: foreign }, trusting(exampleSigner)))).toEqual(["other-origin note"]);
  });
});

describe("witnesses (C2SP tlog-cosignature)", () => {
  const entries = plainEntries(5);
  const bundle = memoryBundle(entries, exampleSigner);
  const witness = (name: string, signer: Signer) => noteKey(name, signer.publicKey, "cosignature");
  const hq = witness("hq.example", otherSigner);
  const lab = witness("lab.example", third);

  test("as many as the policy asks must have cosigned the head", async () => {
    const checkpoint = utf8(cosigned(cosigned(checkpointOf(entries, exampleSigner), hq, otherSigner), lab, third));
    const by = async (needed: number, note = checkpoint) =>
      judge(
        { bundle: { ...bundle, checkpoint: note } },
        trusting(exampleSigner, { witnesses: { keys: [hq, lab], needed } }),
      );
    const both = await by(2);
    expect(wrong(both)).toEqual([]);
    expect(both.subjects[0]?.witnesses).toEqual(["hq.example", "lab.example"]);
    const one = utf8(cosigned(checkpointOf(entries, exampleSigner), hq, otherSigner));
    expect(wrong(await by(1, one))).toEqual([]);
    expect(wrong(await by(2, one))).toEqual(["too-few-witnesses bundle/checkpoint"]);
  });

  test("a cosignature of another head, time or key is none", async () => {
    const note = checkpointOf(entries, exampleSigner);
    const of = async (forged: string) =>
      wrong(
        await judge(
          { bundle: { ...bundle, checkpoint: utf8(forged) } },
          trusting(exampleSigner, { witnesses: { keys: [hq], needed: 1 } }),
        ),
      );
    const other =
      cosigned(checkpointOf(plainEntries(4), exampleSigner), hq, otherSigner)
        .split("\n")
        .at(-2) ?? "";
    expect(await of(`${note}${other}\n`)).toEqual(["too-few-witnesses bundle/checkpoint"]);
    expect(await of(cosigned(note, hq, third))).toEqual(["too-few-witnesses bundle/checkpoint"]);
    expect(await of(cosigned(note, hq, otherSigner, 1_700_000_000, 1_700_000_001))).toEqual([
      "too-few-witnesses bundle/checkpoint",
    ]);
    expect(await of(cosigned(note, hq, otherSigner))).toEqual([]);
  });
});

describe("exact encodings", () => {
  test("base64 has one spelling", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(base64Bytes(base64(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
    for (const text of ["A", "AA", "AA=", "AB==", "AAB=", "AA==\n", "A A=", "AA-=", "====", "AA==AA=="])
      expect(base64Bytes(text)).toBeNull();
  });

  test.each([
    '{"a":1,"a":1}',
    '{"b":1,"a":1}',
    '{"a": 1}',
    '{"a":1.0}',
    '{"a":-0}',
    '{"a":1e400}',
    '{"a":"\\u0041"}',
    '{"a":"\\ud800"}',
    '{"10":1,"9":1,"a":2} ',
    '{"9":1,"10":1}',
    "[1]",
    "null",
    `${'{"a":'.repeat(40)}1${"}".repeat(40)}`,
    "\ufeff{}",
  ])("canonical JSON refuses %s", (text) => {
    expect(() => canonicalObject(utf8(text))).toThrow();
  });

  test("canonical JSON takes what is canonical, numbers for names included", () => {
    for (const text of ["{}", '{"10":1,"9":1,"a":[true,null,"€"]}', '{"__proto__":1,"a":{"b":[]}}', '{"a":1e+30}']) {
      expect(Object.keys(canonicalObject(utf8(text)))).toHaveLength(Object.keys(JSON.parse(text) as object).length);
    }
  });

  test("notes, heads and vkeys have one form", () => {
    const note = checkpointOf(plainEntries(2), exampleSigner);
    expect(readHead(readNote(utf8(note))).size).toBe(2);
    const spoiled = [
      note.slice(0, -1),
      note.replace("\n2\n", "\n02\n"),
      note.replace("\n2\n", "\n2\n2\n"),
      note.replace("\u2014", "-"),
      note.replace("\n\n", "\n"),
      `${note}\n`,
      note.replace("\n", "\r\n"),
    ];
    for (const text of spoiled) expect(() => readHead(readNote(utf8(text)))).toThrow();
    const key = noteKey("a.example", exampleSigner.publicKey);
    const vkey = `a.example+${key.id}+${base64(Uint8Array.of(1, ...exampleSigner.publicKey))}`;
    expect(readVkey(vkey)).toEqual(key);
    for (const text of [
      `${vkey}\n`,
      vkey.replace("a.example", "b.example"),
      vkey.replace(key.id, key.id.toUpperCase()),
      vkey.replace("+A", "+B"),
      ` ${vkey}`,
    ]) {
      expect(() => readVkey(text)).toThrow();
    }
  });

  test("key files are told apart by what they hold, and fingerprints are those the station prints", () => {
    const { publicKey } = exampleSigner;
    expect(readKeyFile(formatPublicKeyPem(publicKey))).toEqual({ kind: "pem", key: publicKey });
    const keyId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(readKeyFile(formatMinisignPublicKey({ keyId, publicKey }))).toEqual({
      kind: "minisign",
      key: { id: keyId, publicKey },
    });
    expect(keyFingerprint(publicKey)).toBe(publicKeyFingerprint(publicKey));
    for (const text of ["", "\n", "x\ny\nz\n", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
      expect(() => readKeyFile(utf8(text))).toThrow();
  });

  test.each([
    ["index,type\r\n0,a\n", "table-form"],
    ["index,type\r\n0,a", "table-form"],
    ['index,type\r\n0,"a"\r\n', "table-form"],
    ["index,type\r\n0,a,\r\n", "table-form"],
    ["index,type\r\n0,b\r\n", "table-differs"],
    ["index,type\r\n0,=b\r\n", "table-formula"],
    ["index,type\r\n", "table-short"],
    ["type\r\na\r\n", "table-form"],
    ["index,index\r\n0,0\r\n", "table-form"],
  ])("a table %j is refused", async (text, code) => {
    const pieces = async function* () {
      yield utf8(text);
    };
    const read = async () => {
      const table = await LedgerTable.open(pieces());
      await table.check(0, { type: "a" });
    };
    await expect(read()).rejects.toMatchObject({ code });
  });

  test("a text that a spreadsheet could run stands behind one apostrophe, and only then", async () => {
    for (const [value, cell] of [
      ["=1", "'=1"],
      ["'x", "''x"],
      [" x", "' x"],
      ["a,b", '"a,b"'],
      ['"', '""""'],
      ["x", "x"],
    ] as const) {
      const pieces = async function* () {
        yield utf8(`index,type\r\n0,${cell}\r\n`);
      };
      const table = await LedgerTable.open(pieces());
      await table.check(0, { type: value });
      await table.finish();
    }
  });
});

/** Adds a cosignature line. @param saidAt the time on the line, where it is not the one that was signed */
function cosigned(
  note: string,
  key: ReturnType<typeof noteKey>,
  signer: Signer,
  signedAt = 1_700_000_000,
  saidAt = signedAt,
): string {
  const text = note.slice(0, note.indexOf("\n\n") + 1);
  const signature = signer.sign(utf8(`cosignature/v1\ntime ${signedAt}\n${text}`));
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(saidAt));
  return `${note}\u2014 ${key.name} ${base64(Buffer.concat([Buffer.from(key.id, "hex"), time, signature]))}\n`;
}
