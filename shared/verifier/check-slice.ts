import { isEqual } from "./bytes.ts";
import {
  canonicalObject,
  countMember,
  exactMembers,
  isList,
  type Json,
  listMember,
  objectMember,
  own,
  textMember,
} from "./canonical.ts";
import { checkpointName, entriesName, tableName } from "./check-export.ts";
import { mostEntryBytes, readEntry } from "./entry-form.ts";
import { type Findings, Refusal } from "./findings.ts";
import { type KeyBook, readRotation, type Rotation } from "./key-book.ts";
import { type Head, isSameHead } from "./note.ts";
import { OperatorBook } from "./operator-book.ts";
import { linesOf, piecesOf, readFile } from "./read.ts";
import { mostReceiptBytes, openReceipt } from "./receipt.ts";
import { provedNotes } from "./slice-cosigned.ts";
import type { Folder } from "./source.ts";
import { LedgerTable } from "./table.ts";

export const sliceName = "slice.json";
const mostSliceBytes = 64 * 1024 * 1024;

/** What a slice says of itself: which entries it shows, and which it leaves out. */
interface SliceFacts {
  readonly origin: string;
  /** Entries in the ledger it was cut from. */
  readonly size: number;
  /** Entries it shows. */
  readonly shown: number;
  /** From, and up to but not including. */
  readonly leftOut: readonly (readonly [number, number])[];
  /** Whether it says that it carries what operators' signatures rest on, and may carry cosigned checkpoints. */
  readonly isJudged: boolean;
}

/** A slice's head, once it is to be trusted, and names of the notes in `cosigned/` that lead to it. */
export interface SliceHead {
  readonly head: Head;
  readonly cosigned: readonly string[];
}

/** @throws Refusal slice-form, or what the file is refused for */
async function readSlice(folder: Folder): Promise<SliceFacts> {
  const bytes = await readFile(folder, sliceName, mostSliceBytes);
  if (bytes.at(-1) !== 10) throw new Refusal("slice-form");
  const slice = canonicalObject(bytes.subarray(0, -1));
  const isJudged = own(slice, "v") === 2;
  const members = ["entries", "left_out", "origin", "query", "size", "v"];
  exactMembers(slice, isJudged ? [...members, "added"] : members, "slice-form");
  objectMember(slice, "query", "slice-form");
  const size = countMember(slice, "size", "slice-form");
  const shown = countMember(slice, "entries", "slice-form");
  const leftOut = listMember(slice, "left_out", "slice-form").map((range): readonly [number, number] => {
    const [from, to, ...more] = isList(range) ? range : [];
    if (typeof from !== "number" || typeof to !== "number" || more.length > 0) throw new Refusal("slice-form");
    return [from, to];
  });
  let next = 0;
  let hidden = 0;
  for (const [i, [from, to]] of leftOut.entries()) {
    // Ranges that touch would be one range: there is one way to say what is left out.
    const isNext =
      Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to && (i === 0 ? from >= 0 : from > next);
    if (!isNext || to > size) throw new Refusal("slice-form");
    hidden += to - from;
    next = to;
  }
  if (!isJudged && countMember(slice, "v", "slice-form") !== 1) throw new Refusal("slice-form");
  if (hidden + shown !== size) throw new Refusal("slice-count", { shown, hidden, entries: size });
  if (isJudged) checkAdded(listMember(slice, "added", "slice-form"), size, leftOut);
  return { origin: textMember(slice, "origin", "slice-form"), size, shown, leftOut, isJudged };
}

/** Indices that rise, of entries that are shown. @throws Refusal slice-form */
function checkAdded(added: readonly Json[], size: number, leftOut: SliceFacts["leftOut"]): void {
  let last = -1;
  let range = 0;
  for (const index of added) {
    if (typeof index !== "number" || !Number.isSafeInteger(index) || index <= last || index >= size)
      throw new Refusal("slice-form");
    while ((leftOut[range]?.[1] ?? size) <= index) range += 1;
    if (index >= (leftOut[range]?.[0] ?? size)) throw new Refusal("slice-form");
    last = index;
  }
}

/** Rotations that the slice shows; what is wrong with an entry is found later. */
export async function sliceRotations(folder: Folder): Promise<readonly Rotation[]> {
  const rotations: Rotation[] = [];
  const found = indices(await readSlice(folder));
  for await (const lines of linesOf(piecesOf(folder, entriesName, Number.MAX_SAFE_INTEGER), mostEntryBytes)) {
    for (const line of lines) {
      const index = found.next().value ?? 0;
      const { entry, type } = readEntry(line, index);
      if (type === "key.rotated") rotations.push(readRotation(entry, index));
    }
  }
  return rotations;
}

/** Each entry by its receipt, all under one checkpoint; null when the head is not to be trusted. */
export async function checkSlice(folder: Folder, book: KeyBook, findings: Findings): Promise<SliceHead | null> {
  findings.looked("slice");
  findings.looked("signature");
  const slice = await findings.trying(folder.pathOf(sliceName), () => readSlice(folder));
  const signed = await findings.trying(folder.pathOf(checkpointName), async () => {
    const checkpoint = await readFile(folder, checkpointName, mostEntryBytes);
    return { checkpoint, head: book.openHead(checkpoint) };
  });
  if (slice === null || signed === null) return null;
  const { head } = signed;
  if (slice.size !== head.size || slice.origin !== head.origin) {
    findings.add("size-differs", folder.pathOf(sliceName), { signed: head.size, found: slice.size });
    return null;
  }
  const table = await findings.trying(folder.pathOf(tableName), () =>
    LedgerTable.open(piecesOf(folder, tableName, Number.MAX_SAFE_INTEGER)),
  );
  const operators = slice.isJudged ? new OperatorBook({ isSlice: true }) : null;
  if (operators === null) findings.note("slice-unjudged", folder.pathOf(sliceName));
  const wanted = indices(slice);
  const by = { head, book, table, operators };
  const seen = new Set<string>();
  let line = 0;
  await findings.trying(folder.pathOf(entriesName), async () => {
    for await (const entries of linesOf(piecesOf(folder, entriesName, Number.MAX_SAFE_INTEGER), mostEntryBytes)) {
      for (const bytes of entries) {
        line += 1;
        const next = wanted.next();
        if (next.done === true) throw new Refusal("slice-count", { shown: slice.shown, found: line }, line);
        const name = receiptName(next.value);
        seen.add(name);
        await checkEntry(folder, { bytes, index: next.value, line, receipt: name }, by, findings);
      }
    }
    if (wanted.next().done !== true) throw new Refusal("slice-count", { shown: slice.shown, found: line });
  });
  for (const name of folder.names()) {
    if (name.startsWith("receipts/") && !seen.has(name)) findings.add("unexpected", folder.pathOf(name));
  }
  if (table !== null) await findings.trying(folder.pathOf(tableName), () => table.finish());
  await table?.close();
  findings.looked("entries", line);
  return { head, cosigned: await provedNotes(folder, signed, book, findings, slice.isJudged) };
}

/** Where the receipt of an entry lies in a slice. */
function receiptName(index: number): string {
  return `receipts/${index}.tlog-proof`;
}

async function checkEntry(
  folder: Folder,
  shown: { readonly bytes: Uint8Array; readonly index: number; readonly line: number; readonly receipt: string },
  by: {
    readonly head: Head;
    readonly book: KeyBook;
    readonly table: LedgerTable | null;
    readonly operators: OperatorBook | null;
  },
  findings: Findings,
): Promise<void> {
  const { bytes, index, line, receipt: name } = shown;
  findings.looked("receipts");
  await findings.trying(folder.pathOf(name), async () => {
    const receipt = openReceipt(await readFile(folder, name, mostReceiptBytes), by.book);
    if (receipt.index !== index || !isSameHead(receipt.head, by.head))
      throw new Refusal("slice-receipt", { entry: index });
    if (!isEqual(receipt.entry, bytes))
      findings.add("entries-differ", folder.pathOf(entriesName), { entry: index }, line);
  });
  const read = findings.tryingLine(folder.pathOf(entriesName), line, () => readEntry(bytes, index));
  if (read === null) return;
  const { table, operators } = by;
  if (table !== null) await findings.trying(folder.pathOf(tableName), () => table.check(index, read.entry));
  findings.tryingLine(folder.pathOf(entriesName), line, () => operators?.take(index, read.type, read.entry, bytes));
}

function* indices({ size, leftOut }: SliceFacts): Generator<number, undefined> {
  let next = 0;
  for (const [from, to] of [...leftOut, [size, size] as const]) {
    for (; next < from; next++) yield next;
    next = to;
  }
  return undefined;
}
