import * as fc from "fast-check";
import { expect, test } from "vitest";
import { consistencyProof, leafHash, rootOf, verifyConsistency } from "#shared/crypto/merkle.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { ledgerEntryBodies } from "#shared/domain/ledger-entry.ts";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { verifyReceipt } from "#shared/formats/tlog-proof.ts";
import { decodeEntry, encodeEntry } from "../../electron/engine/ledger/entry-codec.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import { GrowingTree } from "../../electron/engine/ledger/growing-tree.ts";
import {
  deviceNames,
  intended,
  issued,
  ledgerKey,
  ledgerWorld,
  recorded,
  started,
  vkey,
  wholeBatch,
} from "../fixtures/ledger-world.ts";

test("any way of batching appends gives the naive tree's root, receipts and prefixes, and a ledger that verifies", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.boolean(), fc.nat(), async (batches, queued, pick) => {
      const world = ledgerWorld();
      const ledger = await world.open();
      const notes = [ledger.checkpoint()];
      for (const [i, count] of batches.entries()) {
        const bodies = deviceNames(count, `d${i}`).map((device) => intended("batch-0001", device));
        if (queued) await Promise.all(bodies.map((body) => ledger.appendSoon([body])));
        else ledger.append(bodies);
        notes.push(ledger.checkpoint());
      }
      const { size } = ledger;
      const leaves = Array.from({ length: size }, (_, i) => leafHash(ledger.entryBytes(i)));
      const root = rootOf(leaves);
      expect(ledger.rootAt(size)).toEqual(root);
      for (const index of [0, size - 1, pick % size]) {
        expect(verifyReceipt(ledger.receipt(index), ledgerKey).checkpoint.rootHash).toEqual(root);
      }
      for (const oldSize of [0, 1, size, pick % (size + 1)]) {
        expect(ledger.rootAt(oldSize)).toEqual(rootOf(leaves.slice(0, oldSize)));
        expect(ledger.consistencyProof(oldSize)).toEqual(consistencyProof(leaves, oldSize));
      }
      expect(notes.every((note) => ledger.provePrefix(note) === "prefix")).toBe(true);
      ledger.close();
      expect(await verifyLedger({ path: world.path, vkey })).toMatchObject({ ok: true, size, problems: [] });
      world.remove();
    }),
    { numRuns: 12 },
  );
});

test("a tree beyond 65,536 leaves, stopped and restored anywhere, has the naive root", () => {
  const total = 66_000;
  const leaves = Array.from({ length: total }, (_, i) =>
    Buffer.from(leafHash(Uint8Array.of(i & 255, i >> 8, i >> 16))),
  );
  const tiles = new Map<number, number>();
  let tree = new GrowingTree();
  for (const [i, leaf] of leaves.entries()) {
    if (i % 9_973 === 0) {
      const levels = [0, 1, 2].map((level) => tree.partialTile(level));
      tree = GrowingTree.restore(tree.size, levels);
    }
    tree.append(leaf, ({ level }) => tiles.set(level, (tiles.get(level) ?? 0) + 1));
    if (i === 65_535) expect(Buffer.from(tree.root())).toEqual(Buffer.from(rootOf(leaves.slice(0, 65_536))));
  }
  expect(Buffer.from(tree.root())).toEqual(Buffer.from(rootOf(leaves)));
  expect([...tiles]).toEqual([
    [0, 257],
    [1, 1],
  ]);
  const claim = { oldSize: 65_536, oldRoot: rootOf(leaves.slice(0, 65_536)), newSize: total, newRoot: tree.root() };
  expect(verifyConsistency({ ...claim, proof: consistencyProof(leaves, 65_536) })).toBe(true);
});

const at = "2026-01-02T03:04:05.000Z";
const samples: readonly LedgerEntryBody[] = [
  ...wholeBatch("batch-0001", ["a"]),
  {
    type: "device.failed",
    batch: "batch-0001",
    fingerprint_sha256: "0".repeat(64),
    device_name: null,
    stage: "issue",
    code: "X",
    message: "y",
    seat: "none",
  },
  { type: "request.rejected", batch: "batch-0001", path: "x", line: 3, code: "X" },
  { type: "device.skipped", batch: "batch-0001", fingerprint_sha256: "0".repeat(64), device_name: "n", code: "X" },
];

test("the fast way of writing entries agrees with schema and RFC 8785 on any change to any member", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ maxLength: 1100, minLength: 1000 }),
    fc.constantFrom("\ud800", "x\udc00", "\\ud800", '"', "\u2028", "issue", "none", "0".repeat(64), "é"),
    fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, Number.NaN, 2 ** 53)),
    fc.constantFrom(null, true, undefined, [], {}),
  );
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.nat(), value, fc.boolean(), (sample, pick, changed, add) => {
      const names = Object.keys(sample).filter((name) => name !== "type");
      const name = add ? "more" : (names[pick % names.length] ?? "");
      const body = { ...sample, [name]: changed } as LedgerEntryBody;
      const { type, ...rest } = body;
      let expected: string | null = null;
      const checked = ledgerEntryBodies[type].safeParse(rest);
      if (checked.success) {
        try {
          expected = canonicalJson({ v: 1, type, at, ...checked.data });
        } catch {
          // A lone surrogate has no RFC 8785 form.
        }
      }
      let text: string | null = null;
      try {
        text = encodeEntry(body, at);
      } catch (error) {
        expect(error).toMatchObject({ code: "INTERNAL" });
      }
      expect(text).toBe(expected);
      if (text !== null) expect(canonicalJson(decodeEntry(utf8(text), 0))).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test("bytes that are no entry are refused, never thrown about otherwise", () => {
  const json = fc.json().map(utf8);
  const near = fc
    .constantFrom(started("batch-0001"), issued("batch-0001", "a"), recorded("batch-0001", "a"))
    .chain((body) =>
      fc
        .record(
          {
            v: fc.constantFrom(1, 2, "1"),
            at: fc.constantFrom(at, 5, null),
            type: fc.constantFrom(body.type, "x", "__proto__", null),
            batch: fc.constantFrom("batch-0001", 7),
          },
          { requiredKeys: [] },
        )
        .map((changes) => utf8(JSON.stringify({ ...body, v: 1, at, ...changes }))),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), json, near), (bytes) => {
      try {
        const entry = decodeEntry(bytes, 0);
        expect([entry.v, typeof entry.at, Object.hasOwn(ledgerEntryBodies, entry.type)]).toEqual([1, "string", true]);
      } catch (error) {
        expect(error).toMatchObject({ code: "LEDGER_BROKEN" });
      }
    }),
    { numRuns: 1000 },
  );
});
