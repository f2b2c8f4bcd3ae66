import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyReceipt } from "#shared/formats/tlog-proof.ts";
import { verifyConsistency } from "#shared/crypto/merkle.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { openCheckpoint, signCheckpoint } from "#shared/formats/checkpoint.ts";
import { base64 } from "#shared/formats/encoding.ts";
import { rotationMessage } from "#shared/formats/key-rotation.ts";
import { noteKey } from "#shared/formats/signed-note.ts";
import type { Ledger } from "../../electron/engine/ledger/ledger.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";
import {
  attachment,
  deviceNames,
  finished,
  intended,
  issued,
  ledgerKey,
  type LedgerWorld,
  ledgerWorld,
  machineFile,
  origin,
  recorded,
  sha,
  started,
  trusted,
  wholeBatch,
} from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

/** The same questions to the ledger that wrote, to one opened again, and to one opened for reading. */
async function askAll(write: (ledger: Ledger) => void, ask: (ledger: Ledger) => void): Promise<void> {
  const writer = await world.open();
  write(writer);
  ask(writer);
  const beside = await world.open({ readOnly: true });
  ask(beside);
  beside.close();
  writer.close();
  for (const readOnly of [false, true]) {
    const ledger = await world.open({ readOnly });
    ask(ledger);
    ledger.close();
  }
}

test("a batch's entries come in order, whatever lies between them", async () => {
  await askAll(
    (ledger) => {
      ledger.append([started("batch-0001"), intended("batch-0001", "a")]);
      ledger.append(wholeBatch("batch-0002", deviceNames(200)));
      ledger.append([recorded("batch-0001", "a"), issued("batch-0001", "a")]);
    },
    (ledger) => {
      const found = [...ledger.batchEntries("batch-0001")].map(({ index, entry }) => [index, entry.type]);
      expect(found).toEqual([
        [1, "batch.started"],
        [2, "activation.intended"],
        [605, "activation.recorded"],
        [606, "machine-file.issued"],
      ]);
      expect([...ledger.batchEntries("batch-0002")].length).toBe(602);
      expect([...ledger.batchEntries("batch-0003")]).toEqual([]);
    },
  );
});

test("open batches are those neither finished nor abandoned, oldest first", async () => {
  await askAll(
    (ledger) => {
      for (const name of ["batch-0004", "batch-0003", "batch-0002", "batch-0001"]) ledger.append([started(name)]);
      ledger.append([finished("batch-0003")]);
      ledger.append([{ type: "batch.abandoned", batch: "batch-0001", seats_unknown: 1, reason: "operator" }]);
    },
    (ledger) => expect(ledger.openBatches().map(({ batch }) => batch)).toEqual(["batch-0004", "batch-0002"]),
  );
});

test("a device's history, latest file, renewal and licence are found by its fingerprint", async () => {
  await askAll(
    (ledger) => {
      ledger.append(wholeBatch("batch-0001", ["a", "b"]));
      ledger.append([
        started("batch-0002", "lathe"),
        intended("batch-0002", "a"),
        recorded("batch-0002", "a", "other"),
      ]);
      ledger.append([started("batch-0003"), issued("batch-0003", "b", "newer")]);
    },
    (ledger) => {
      const [a, b, c] = [sha("a"), sha("b"), sha("c")] as const;
      expect([...ledger.deviceHistory(a)].map(({ index }) => index)).toEqual([2, 4, 5, 10, 11]);
      expect([a, b, c].map((device) => ledger.latestIssued(device)?.index)).toEqual([5, 13, undefined]);
      expect(ledger.latestIssued(a)?.entry.file_sha256).toBe(sha(machineFile("a")));
      expect([a, b, c].map((device) => ledger.issuedBefore(device, null))).toEqual([true, true, false]);
      expect([a, b].map((device) => ledger.issuedBefore(device, "batch-0001"))).toEqual([false, true]);
      expect([
        ledger.licenseOf(a, "press"),
        ledger.licenseOf(a, "lathe"),
        ledger.licenseOf(b, "press"),
        ledger.licenseOf(b, "lathe"),
        ledger.licenseOf(c, "press"),
      ]).toEqual([sha("license"), sha("other"), sha("newer"), null, null]);
    },
  );
});

test("fingerprints that share their first bits are told apart", async () => {
  const twin = (end: string) => `${"ab".repeat(31)}${end}`;
  const ledger = await world.open();
  ledger.append([
    { ...issued("batch-0001", "a"), fingerprint_sha256: twin("01") },
    { ...issued("batch-0001", "b"), fingerprint_sha256: twin("02") },
  ]);
  expect(ledger.latestIssued(twin("01"))?.index).toBe(1);
  expect(ledger.latestIssued(twin("03"))).toBe(null);
  ledger.close();
});

test("devices are found by a part of their name, whatever its case", async () => {
  await askAll(
    (ledger) => {
      ledger.append([intended("batch-0001", "ÄRA-7"), intended("batch-0001", "other")]);
    },
    (ledger) => {
      expect([...ledger.findByName("ära")].map(({ index }) => index)).toEqual([1]);
      expect([...ledger.findByName("press")].map(({ index }) => index)).toEqual([1, 2]);
      expect([...ledger.findByName("absent")]).toEqual([]);
    },
  );
});

test("trusted signing keys come in the order they were believed", async () => {
  await askAll(
    (ledger) => {
      ledger.append([trusted("kid-1"), trusted("kid-2")]);
      ledger.append([{ ...trusted("kid-1"), how: "accepted" }]);
    },
    (ledger) =>
      expect(ledger.trustedSigningKeys().map(({ kid, how }) => [kid, how])).toEqual([
        ["kid-1", "first-use"],
        ["kid-2", "first-use"],
        ["kid-1", "accepted"],
      ]),
  );
});

test("issued files are kept until their batch is settled, in the transaction that says so", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), issued("batch-0001", "a")], [attachment("batch-0001", "a")]);
  await ledger.appendSoon([issued("batch-0001", "b")], [attachment("batch-0001", "b")]);
  ledger.append([issued("batch-0002", "c")], [attachment("batch-0002", "c")]);
  expect([...ledger.owed("batch-0001")]).toEqual([
    { index: 2, fileSha256: sha(machineFile("a")), bytes: machineFile("a") },
    { index: 3, fileSha256: sha(machineFile("b")), bytes: machineFile("b") },
  ]);
  expect(ledger.issuedFile(sha(machineFile("b")))).toEqual(machineFile("b"));
  ledger.append([finished("batch-0001")], [], { settle: "batch-0001" });
  expect([...ledger.owed("batch-0001")]).toEqual([]);
  expect(ledger.issuedFile(sha(machineFile("b")))).toBe(null);
  expect(ledger.issuedFile(sha(machineFile("c")))).toEqual(machineFile("c"));
  ledger.close();
});

test("receipts of one delivery share its checkpoint, also after later appends, and verify", async () => {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(120)));
  const receipts = ledger.receipts([5, 300]);
  const note = ledger.checkpoint();
  ledger.append(wholeBatch("batch-0002", deviceNames(200)));
  for (const index of [5, 300]) {
    const { entry, checkpoint } = verifyReceipt(receipts(index), ledgerKey);
    expect([entry, checkpoint]).toEqual([ledger.entryBytes(index), openCheckpoint(note, ledgerKey)]);
  }
  expect(ledger.receipt(5, { checkpoint: note })).toEqual(receipts(5));
  expect(verifyReceipt(ledger.receipt(5), ledgerKey).checkpoint.size).toBe(ledger.size);
  const internal = expect.objectContaining({ code: "INTERNAL" });
  expect(() => ledger.receipts([ledger.size])).toThrow(internal);
  expect(() => ledger.receipt(ledger.size)).toThrow(internal);
  expect(() => ledger.receipt(-1)).toThrow(internal);
  expect(() => receipts(500)).toThrow(RangeError);
  ledger.close();
});

test("a checkpoint is judged: prefix, ahead, fork, foreign, badly signed", async () => {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(100)));
  const rootHash = ledger.rootAt(200);
  const sign = exampleSigner.sign;
  const note = (changes: object, key = ledgerKey, by = sign) =>
    signCheckpoint({ origin: key.name, size: 200, rootHash, ...changes }, key, by);
  const otherName = noteKey("station.example/bench-2", exampleSigner.publicKey);
  const otherKey = noteKey(origin, otherSigner.publicKey);
  expect(ledger.provePrefix(note({}))).toBe("prefix");
  expect(ledger.provePrefix(ledger.checkpoint())).toBe("prefix");
  expect(ledger.provePrefix(note({ size: 201 }))).toBe("fork");
  expect(ledger.provePrefix(note({ size: 304 }))).toBe("ahead");
  expect(ledger.provePrefix(note({}, otherName))).toBe("foreign");
  expect(ledger.provePrefix(note({}, otherKey, otherSigner.sign))).toBe("bad-signature");
  expect(ledger.provePrefix(note({}).replace("\n200\n", "\n201\n"))).toBe("bad-signature");
  expect(ledger.provePrefix(`${origin}\nnonsense`)).toBe("bad-signature");
  expect(ledger.provePrefix("")).toBe("foreign");
  expect(() => ledger.receipt(5, { checkpoint: note({ size: 201 }) })).toThrow(
    expect.objectContaining({ code: "LEDGER_FOREIGN" }),
  );
  const claim = { oldSize: 200, oldRoot: rootHash, newSize: ledger.size, newRoot: ledger.rootAt(ledger.size) };
  expect(verifyConsistency({ ...claim, proof: ledger.consistencyProof(200) })).toBe(true);
  ledger.close();
});

test("after the ledger's key was rotated the new one signs, and the old one's checkpoints still count", async () => {
  const next = { key: noteKey(origin, otherSigner.publicKey), sign: otherSigner.sign };
  const keys = {
    use: "ledger" as const,
    old_public_key: base64(exampleSigner.publicKey),
    new_public_key: base64(otherSigner.publicKey),
  };
  const message = rotationMessage(keys);
  const rotated: BodyOf<"key.rotated"> = {
    type: "key.rotated",
    ...keys,
    old_signature: base64(exampleSigner.sign(message)),
    new_signature: base64(otherSigner.sign(message)),
  };
  const ledger = await world.open();
  ledger.append([started("batch-0001")]);
  const before = ledger.checkpoint();
  ledger.append([rotated], [], { signer: next });
  ledger.append([finished("batch-0001")]);
  expect(ledger.provePrefix(before)).toBe("prefix");
  ledger.close();
  const again = await world.open({ signer: next });
  expect([again.size, again.provePrefix(before), openCheckpoint(again.checkpoint(), next.key).size]).toEqual([
    4,
    "prefix",
    4,
  ]);
  again.close();
  await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
});
