import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { SignatureMeaning } from "#shared/domain/operator.ts";
import { cosign, cosignerType } from "#shared/formats/cosignature.ts";
import { base64 } from "#shared/formats/encoding.ts";
import { formatNote, formatVkey, noteKey, parseNote } from "#shared/formats/signed-note.ts";
import { readVkey } from "#shared/verifier/note.ts";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import type { SliceQuery } from "../../electron/engine/audit/choose-entries.ts";
import { allTime } from "../../electron/engine/audit/period.ts";
import { exportSlice } from "../../electron/engine/audit/slice.ts";
import { signed } from "../../electron/engine/authority/operators/signing.ts";
import { exportPublicKeys } from "../../electron/engine/keys/index.ts";
import { type AuditorWorld, auditorWorld, trustedKeysIn, verifierPy } from "../fixtures/auditor-world.ts";
import { sha256 } from "../fixtures/delivery-world.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { type Signer, signerFromSeed } from "../fixtures/known-signer.ts";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { asVersionOne, leaveOut, shownIn, sliceDocument } from "../fixtures/recut-slice.ts";
import { editText, flipByte } from "../fixtures/tampering.ts";

/**
 * What a slice proves beside its entries: operators' signatures by the account entries in it, and witnesses' words by
 * consistency proofs. Each case before the browser's verifier and verify.py.
 */
const [ada, olaf, bo] = ["op-000000000000000a", "op-00000000000000aa", "op-000000000000000b"];
const keyOf = (digit: string): Signer => signerFromSeed(digit.repeat(64));
const keyNumbers = { [ada]: keyOf("a"), [olaf]: keyOf("1"), [bo]: keyOf("b") } as const;
const newKey = keyOf("2");
const witness = keyOf("9");
const witnessKey = noteKey("hq", witness.publicKey, cosignerType);
const batches = { alone: "20260101-000000-alone", two: "20260101-000000-couple", forged: "20260101-000000-forged" };

let world: AuditorWorld;
let other: AuditorWorld;
let keys: string;
let cosigned: { readonly size: number; readonly note: string }[] = [];

beforeAll(async () => {
  world = await auditorWorld();
  other = await auditorWorld("dock-8.example");
  keys = world.exportKeys("keys");
  writeFileSync(join(world.base, "hq.vkey"), `${formatVkey(witnessKey, cosignerType)}\n`);
  cosigned = writeHistory(world);
  writeHistory(other);
}, 60_000);

afterAll(async () => {
  await other?.close();
  await world?.close();
});

/** Accounts, a batch of one device, a new PIN, a batch of two, and twelve checkpoints that the witness signed. */
function writeHistory({ station: { ledger } }: AuditorWorld): { readonly size: number; readonly note: string }[] {
  const notes: { readonly size: number; readonly note: string }[] = [];
  const sign = (operator: string, key: Signer, meaning: SignatureMeaning, bodies: readonly LedgerEntryBody[]): void =>
    void ledger.append(signed({ origin: ledger.origin, operator, key }, meaning, bodies));
  const vouch = (): void => {
    const { text, signatures } = parseNote(ledger.checkpoint());
    const line = cosign(text, witnessKey, 1_767_225_600, (message) => witness.sign(message));
    notes.push({ size: ledger.size, note: formatNote({ text, signatures: [...signatures, line] }) });
  };
  vouch();
  for (const [operator, name] of [
    [ada, "Ada"],
    [olaf, "Olaf"],
    [bo, "Bo"],
  ] as const) {
    sign(ada, keyNumbers[ada] as Signer, "administered", [added(operator, name)]);
    vouch();
  }
  sign(olaf, keyNumbers[olaf] as Signer, "started", [started("alone", "WO-1", 1), intended("alone", "pump")]);
  vouch();
  sign(bo, keyNumbers[bo] as Signer, "administered", [
    { type: "operator.changed", operator: bo, name: "Bo", role: "auditor", active: true },
  ]);
  vouch();
  sign(ada, keyNumbers[ada] as Signer, "administered", [
    { type: "operator.pin-set", operator: olaf, public_key: base64(newKey.publicKey) },
  ]);
  vouch();
  const approval = { approval: "ap-0000000000000001", subject: "large-drive", reference: "r" } as const;
  sign(olaf, newKey, "started", [
    { type: "approval.used", ...approval },
    started("two", "WO-2", 2),
    intended("two", "pump"),
    intended("two", "valve"),
  ]);
  while (notes.length < 12) {
    ledger.append([{ type: "batch.abandoned", batch: batches.two, seats_unknown: 0, reason: "operator" }]);
    vouch();
  }
  return notes;
}

function added(operator: string, name: string): LedgerEntryBody {
  const key = base64((keyNumbers[operator] as Signer).publicKey);
  const role = operator === ada ? ("administrator" as const) : ("operator" as const);
  return { type: "operator.added", operator, name, role, badge_sha256: sha256(name), public_key: key };
}

function started(batch: keyof typeof batches, workOrder: string, devices: number): LedgerEntryBody {
  return {
    type: "batch.started",
    batch: batches[batch],
    api: "https://licences.example/api/v1",
    product: "dock",
    licenses: [],
    policy: { ttl_days: 1, grace_days: 0 },
    operator: "Olaf",
    work_order: workOrder,
    stick: { folder: "s", volume_uuid: null, usb_serial: null, size_bytes: null, file_system: null },
    devices,
    rejected: 0,
    rehearsal: false,
    station_version: "0.0.0-test",
  };
}

function intended(batch: keyof typeof batches, device: string): LedgerEntryBody {
  return {
    type: "activation.intended",
    batch: batches[batch],
    fingerprint: device,
    fingerprint_sha256: sha256(device),
    device_name: device,
    serial: null,
    asset_tag: null,
    platform: null,
    request_path: `${device}.txt`,
    request_sha256: sha256(device),
    license_sha256: sha256("licence"),
  };
}

let made = 0;
async function slice(query: Partial<SliceQuery>, of: AuditorWorld = world): Promise<string> {
  made += 1;
  const folder = join(world.base, `slice-${made}`);
  const files = exportPublicKeys(of.station.keys, of.station.name).files;
  const asked = { period: allTime, workOrder: null, device: null, ...query };
  await exportSlice(of.station.ledger, folder, asked, { files, cosigned });
  return folder;
}

interface Said {
  readonly found: readonly string[];
  readonly notes: readonly string[];
  readonly witnesses: readonly string[];
  /** Null without Python. */
  readonly python: { readonly code: number; readonly out: string } | null;
}

async function judged(folder: string): Promise<Said> {
  const witnesses = { keys: [readVkey(formatVkey(witnessKey, cosignerType), "cosignature")], needed: 0 };
  const { subjects, findings } = await verifyEvidence({
    source: folderSource({ s: folder }),
    keys: { ...trustedKeysIn(keys), witnesses },
  });
  const job = ["--keys", keys, folder, "--witness", join(world.base, "hq.vkey")];
  return {
    found: [...findings, ...subjects.flatMap((one) => one.findings)].map(({ code, path }) => `${code} ${path}`),
    notes: subjects.flatMap(({ notes }) => notes.map(({ code }) => code)),
    witnesses: subjects.flatMap((one) => one.witnesses),
    python: python === null ? null : (pythonVerdicts(verifierPy, [job])[0] ?? null),
  };
}

function entriesIn(folder: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(join(folder, "entries.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const good = { code: 0, out: expect.stringMatching(/OK\n$/) };
const fine = { found: [], notes: [], witnesses: ["hq"], python: python === null ? null : good };

describe("a slice of a ledger with operators", () => {
  test("of a work order carries its signature, the accounts that it rests on and those of who made them", async () => {
    const folder = await slice({ workOrder: "WO-1" });
    expect(await judged(folder)).toEqual(fine);
    const all = entriesIn(folder);
    const accounts = all.filter(({ type }) => String(type).startsWith("operator.") && type !== "operator.signed");
    expect(accounts.map(({ type, operator }) => [type, operator])).toEqual([
      ["operator.added", ada],
      ["operator.added", olaf],
      ["operator.pin-set", olaf],
    ]);
    expect(all.filter(({ type }) => type === "operator.signed").map(({ meaning }) => meaning)).toEqual([
      "administered",
      "administered",
      "started",
      "administered",
    ]);
    // The first entry, batch.started and the intent were asked for; the rest is there for the signatures' sake.
    const { v, added: marked = [] } = sliceDocument(folder);
    expect([v, shownIn(folder).filter((index) => !marked.includes(index)).length]).toEqual([2, 3]);
    for (const hidden of [bo, "valve", "WO-2"]) expect(JSON.stringify(all)).not.toContain(hidden);
  });

  test("of a batch whose signature covers a used approval carries that too, and is judged by the new key", async () => {
    const folder = await slice({ workOrder: "WO-2" });
    expect(await judged(folder)).toEqual(fine);
    const all = entriesIn(folder);
    expect(all.some(({ type }) => type === "approval.used")).toBe(true);
    expect(all.find(({ type, meaning }) => type === "operator.signed" && meaning === "started")).toMatchObject({
      covers: 4,
      public_key: base64(newKey.publicKey),
    });
  });

  test("of a device leaves out a signature that covers other devices, and still names the operator's account", async () => {
    const folder = await slice({ device: sha256("valve") });
    expect(await judged(folder)).toEqual(fine);
    const all = entriesIn(folder);
    expect(all.some(({ operator, type }) => type === "operator.added" && operator === olaf)).toBe(true);
    expect(all.some(({ meaning }) => meaning === "started")).toBe(false);
    expect(JSON.stringify(all)).not.toContain("pump");
  });

  test("of all time adds nothing, since all is asked for", async () => {
    const folder = await slice({});
    expect([await judged(folder), sliceDocument(folder).added]).toEqual([fine, []]);
  });

  test("of the older form verifies, and both verifiers say that signatures were not judged", async () => {
    const folder = await slice({ workOrder: "WO-1" });
    asVersionOne(folder);
    const { found, notes, python: said } = await judged(folder);
    expect([found, notes]).toEqual([[], ["slice-unjudged"]]);
    if (said !== null) expect(said).toEqual({ code: 0, out: expect.stringContaining("signatures were not judged") });
  });

  test("a signature that the ledger itself holds and that nobody gave is named, although its receipt is good", async () => {
    const forger = await auditorWorld("dock-9.example");
    try {
      writeHistory(forger);
      const { ledger } = forger.station;
      // By the key that the new PIN replaced.
      const signatory = { origin: ledger.origin, operator: olaf, key: keyNumbers[olaf] as Signer };
      ledger.append(signed(signatory, "started", [started("forged", "WO-3", 1), intended("forged", "press")]));
      const own = join(world.base, "keys-of-forger");
      cpSync(forger.exportKeys("keys"), own, { recursive: true });
      const folder = join(world.base, "forged");
      const query = { period: allTime, workOrder: "WO-3", device: null };
      await exportSlice(ledger, folder, query, { files: {} });
      const { subjects } = await verifyEvidence({ source: folderSource({ s: folder }), keys: trustedKeysIn(own) });
      expect(subjects.flatMap(({ findings }) => findings.map(({ code }) => code))).toEqual(["operator-signature"]);
      if (python !== null) {
        expect(pythonVerdicts(verifierPy, [["--keys", own, folder]])).toEqual([
          { code: 5, out: expect.stringContaining("signature that nobody with that key could give") },
        ]);
      }
    } finally {
      await forger.close();
    }
  }, 30_000);
});

describe("a slice of a ledger with witnesses", () => {
  test("carries the newest ten cosigned checkpoints, each with its proof", async () => {
    const folder = await slice({ workOrder: "WO-1" });
    const newest = cosigned.slice(-10).map(({ size }) => String(size));
    for (const name of ["cosigned", "consistency"])
      expect(readdirSync(join(folder, name)).toSorted()).toEqual(newest.toSorted());
    expect(await judged(folder)).toEqual(fine);
    rmSync(join(folder, "cosigned"), { recursive: true });
    rmSync(join(folder, "consistency"), { recursive: true });
    expect((await judged(folder)).witnesses).toEqual([]);
  });
});

const indexOf = (folder: string, is: (entry: Record<string, unknown>) => boolean): number =>
  shownIn(folder)[entriesIn(folder).findIndex(is)] ?? -1;
const sizeAt = (place: number): number => cosigned.at(place)?.size ?? 0;

/** Code and file that the browser's verifier names, the file that verify.py names, and what is done. */
const tamperings: Readonly<Record<string, readonly [string, string, (folder: string) => void | Promise<void>]>> = {
  "a byte of a signature is changed": [
    "operator-signature",
    "entries.jsonl",
    (folder) =>
      editText(join(folder, "entries.jsonl"), (text) =>
        text.replace(/"signature":"(.)/, (_, first) => `"signature":"${first === "A" ? "B" : "A"}`),
      ),
  ],
  "the account of who signed is left out": [
    "operator-account",
    "entries.jsonl",
    (folder) =>
      leaveOut(
        folder,
        indexOf(folder, ({ type, operator }) => type === "operator.added" && operator === olaf),
      ),
  ],
  "an entry that a signature covers is left out": [
    "operator-signature",
    "entries.jsonl",
    (folder) =>
      leaveOut(
        folder,
        indexOf(folder, ({ type }) => type === "batch.started"),
      ),
  ],
  "an added entry is none that is shown": [
    "slice-form",
    "slice.json",
    (folder) =>
      editText(join(folder, "slice.json"), (text) =>
        text.replace(/"added":\[/, `"added":[${sliceDocument(folder).left_out[0]?.[0]},`),
      ),
  ],
  "what was added is not said": [
    "slice-form",
    "slice.json",
    (folder) => editText(join(folder, "slice.json"), (text) => text.replace(/"added":\[[0-9,]*\],/, "")),
  ],
  "a cosigned checkpoint is of another ledger": [
    "other-origin",
    "cosigned/",
    async (folder) => {
      const note = other.station.ledger.checkpoint();
      writeFileSync(join(folder, `cosigned/${sizeAt(-2)}`), note);
    },
  ],
  "a cosigned checkpoint is of another size than its name": [
    "consistency-proof",
    "cosigned/",
    (folder) => cpSync(join(folder, `cosigned/${sizeAt(-2)}`), join(folder, `cosigned/${sizeAt(-3)}`)),
  ],
  "a cosigned checkpoint's root is changed": [
    "note-signature",
    "cosigned/",
    (folder) => flipByte(join(folder, `cosigned/${sizeAt(-2)}`), "dock-7.example\n18\n".length + 3),
  ],
  "a proof is of another place": [
    "consistency-proof",
    "consistency/",
    (folder) =>
      editText(join(folder, `consistency/${sizeAt(-3)}`), () =>
        readFileSync(join(folder, `consistency/${sizeAt(-4)}`), "utf8").replace(/^old \d+/, `old ${sizeAt(-3)}`),
      ),
  ],
  "a hash of a proof is changed": [
    "consistency-proof",
    "consistency/",
    (folder) =>
      editText(join(folder, `consistency/${sizeAt(-4)}`), (text) =>
        text.replace(/\n[A-Za-z0-9+/]{43}=\n/, `\n${Buffer.alloc(32).toString("base64")}\n`),
      ),
  ],
  "a proof leads to another checkpoint": [
    "consistency-proof",
    "consistency/",
    (folder) =>
      editText(join(folder, `consistency/${sizeAt(-4)}`), (text) =>
        text.replace(/\n\n[^]*/, `\n\n${cosigned.at(-1)?.note}`),
      ),
  ],
  "a proof is missing": ["missing", "consistency/", (folder) => rmSync(join(folder, `consistency/${sizeAt(-4)}`))],
  "a proof has no checkpoint": [
    "unexpected",
    "consistency/",
    (folder) => rmSync(join(folder, `cosigned/${sizeAt(-4)}`)),
  ],
  "an eleventh checkpoint is there": [
    "unexpected",
    "cosigned/",
    (folder) => writeFileSync(join(folder, `cosigned/${sizeAt(0)}`), cosigned[0]?.note ?? ""),
  ],
  "a checkpoint has a name that is no size": [
    "unexpected",
    "cosigned/",
    (folder) => renameSync(join(folder, `cosigned/${sizeAt(-4)}`), join(folder, `cosigned/0${sizeAt(-4)}`)),
  ],
  "a slice of the older form carries checkpoints": [
    "unexpected",
    "cosigned/",
    (folder) => {
      const kept = readFileSync(join(folder, `cosigned/${sizeAt(-4)}`));
      asVersionOne(folder);
      cpSync(join(folder, "receipts"), join(folder, "cosigned"), { recursive: true });
      for (const name of readdirSync(join(folder, "cosigned"))) rmSync(join(folder, "cosigned", name));
      writeFileSync(join(folder, `cosigned/${sizeAt(-4)}`), kept);
    },
  ],
};

describe("what is done to a slice is named by the browser's verifier and by verify.py", () => {
  test.each(Object.entries(tamperings))("%s", async (_, [code, where, apply]) => {
    const folder = await slice({ workOrder: "WO-1" });
    await apply(folder);
    const { found, python: said } = await judged(folder);
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${code} s/${where}`)));
    if (said === null) return;
    expect(said.code).toBe(5);
    const wrong = said.out.split("\n").filter((line) => line.startsWith("WRONG"));
    expect(wrong).toContainEqual(expect.stringContaining(`${folder}/${where}`));
  });
});
