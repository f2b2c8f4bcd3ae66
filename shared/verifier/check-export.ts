import { isEqual } from "./bytes.ts";
import { type JsonObject, own } from "./canonical.ts";
import { mostEntryBytes, readEntry } from "./entry-form.ts";
import { type Findings, Refusal } from "./findings.ts";
import { type KeyBook, readRotation, type Rotation } from "./key-book.ts";
import { type Link, readLink } from "./link.ts";
import type { Head } from "./note.ts";
import { OperatorBook } from "./operator-book.ts";
import { firstForged } from "./parting.ts";
import { linesOf, piecesOf, readFile } from "./read.ts";
import type { Folder } from "./source.ts";
import { LedgerTable } from "./table.ts";
import { TileCheck } from "./tile-check.ts";
import { leafHash, Tree } from "./tree.ts";

export const entriesName = "entries.jsonl";
export const checkpointName = "checkpoint";
export const tableName = "ledger.csv";

/** What one pass over an export leaves in memory, however long the ledger is. */
export interface ExportFacts {
  readonly size: number;
  readonly root: Uint8Array;
  /** Of the tree as it was at each size that was asked for. */
  readonly roots: ReadonlyMap<number, Uint8Array>;
  readonly rotations: readonly Rotation[];
  /** SHA-256 of the manifest that the ledger says was delivered, by batch, of those asked for. */
  readonly delivered: ReadonlyMap<string, readonly string[]>;
  /** The lost ledger that this one goes on from. */
  readonly link: Link | null;
}

export interface ExportQuestions {
  readonly sizes: ReadonlySet<number>;
  readonly batches: ReadonlySet<string>;
  /** Told after each portion of entries; may wait, so that a page stays alive. */
  readonly progress: (entries: number) => Promise<void> | void;
}

/** Reads entries, tiles and ledger.csv once, side by side, each held against the entries. */
export async function scanExport(folder: Folder, questions: ExportQuestions, findings: Findings): Promise<ExportFacts> {
  const path = folder.pathOf(entriesName);
  const tree = new Tree();
  const tiles = new TileCheck(folder, findings);
  const table = await Rows.open(folder, findings);
  const roots = new Map([[0, tree.root()]]);
  const rotations: Rotation[] = [];
  const operators = new OperatorBook({ isSlice: false });
  const delivered = new Map<string, string[]>();
  let lastMs = 0;
  let link: Link | null = null;
  await findings.trying(path, async () => {
    for await (const lines of linesOf(piecesOf(folder, entriesName, Number.MAX_SAFE_INTEGER), mostEntryBytes)) {
      for (const line of lines) {
        const index = tree.size;
        const read = findings.tryingLine(path, index + 1, () => readEntry(line, index));
        if (read === null) await table?.skip();
        else {
          if (read.atMs < lastMs) findings.add("entry-order", path, { entry: index }, index + 1);
          lastMs = Math.max(lastMs, read.atMs);
          if (read.type === "key.rotated") {
            const rotation = findings.tryingLine(path, index + 1, () => readRotation(read.entry, index));
            if (rotation !== null) rotations.push(rotation);
          }
          if (index === 0) link = findings.tryingLine(path, 1, () => readLink(read.entry));
          findings.tryingLine(path, index + 1, () => operators.take(index, read.type, read.entry, line));
          if (read.type === "delivery.committed") noteDelivery(read.entry, questions.batches, delivered);
          await table?.check(index, read.entry);
        }
        const leaf = leafHash(line);
        tree.add(leaf);
        tiles.add(line);
        if (questions.sizes.has(tree.size)) roots.set(tree.size, tree.root());
        for (const tile of tree.takeWhole()) await tiles.compare(tile);
      }
      await questions.progress(tree.size);
    }
    for (const tile of tree.partial()) await tiles.compare(tile);
    tiles.finish();
  });
  await table?.finish();
  findings.looked("entries", tree.size);
  return { size: tree.size, root: tree.root(), roots, rotations, delivered, link };
}

/** Holds the signed checkpoint against what the entries add up to; the head when they agree, else null. */
export async function checkHead(
  folder: Folder,
  facts: ExportFacts,
  book: KeyBook,
  findings: Findings,
): Promise<Head | null> {
  const path = folder.pathOf(checkpointName);
  findings.looked("signature");
  const head = await findings.trying(path, async () =>
    book.openHead(await readFile(folder, checkpointName, mostEntryBytes)),
  );
  if (head === null) return null;
  findings.looked("tree");
  if (head.size === facts.size && isEqual(head.root, facts.root)) return head;
  await findings.trying(folder.pathOf(entriesName), async () => {
    const entry = await firstForged(folder, entriesName, head);
    if (entry !== null) findings.add("entries-differ", folder.pathOf(entriesName), { entry }, entry + 1);
  });
  if (head.size !== facts.size) findings.add("size-differs", path, { signed: head.size, found: facts.size });
  else findings.add("root-differs", path, { entries: facts.size });
  return null;
}

/** ledger.csv beside the entries; what is wrong with its form ends it, what is wrong with a row does not. */
class Rows {
  readonly #table: LedgerTable;
  readonly #path: string;
  readonly #findings: Findings;
  #isOver = false;
  #rows = 0;

  private constructor(table: LedgerTable, path: string, findings: Findings) {
    this.#table = table;
    this.#path = path;
    this.#findings = findings;
  }

  static async open(folder: Folder, findings: Findings): Promise<Rows | null> {
    const path = folder.pathOf(tableName);
    const table = await findings.trying(path, () =>
      LedgerTable.open(piecesOf(folder, tableName, Number.MAX_SAFE_INTEGER)),
    );
    return table === null ? null : new Rows(table, path, findings);
  }

  async check(index: number, entry: JsonObject): Promise<void> {
    if (this.#isOver) return;
    try {
      await this.#table.check(index, entry);
      this.#rows += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#findings.add(error.code, this.#path, error.facts, error.line);
      if (error.code === "table-form" || error.code === "table-short") this.#isOver = true;
    }
  }

  /** Past the row of an entry that cannot be read. */
  async skip(): Promise<void> {
    if (this.#isOver) return;
    if ((await this.#findings.trying(this.#path, () => this.#table.skip())) === null) this.#isOver = true;
  }

  async finish(): Promise<void> {
    this.#findings.looked("table", this.#rows);
    if (!this.#isOver) await this.#findings.trying(this.#path, () => this.#table.finish());
    await this.#table.close();
  }
}

function noteDelivery(entry: JsonObject, wanted: ReadonlySet<string>, delivered: Map<string, string[]>): void {
  const [batch, manifest] = [own(entry, "batch"), own(entry, "manifest_sha256")];
  if (typeof batch !== "string" || typeof manifest !== "string" || !wanted.has(batch)) return;
  delivered.set(batch, [...(delivered.get(batch) ?? []), manifest]);
}
