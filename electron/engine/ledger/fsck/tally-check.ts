import type { DatabaseSync } from "node:sqlite";
import type { Report } from "../fsck.ts";
import type { Bundle } from "./bundle.ts";
import type { EntryFacts } from "./facts.ts";

/**
 * Compares the table of provisionings with the entries: every intent stands in it once a device and batch, unless a
 * failure without a seat took it back. Rows and entries are both read in their order; what an intent without a row waits
 * for is kept until its failure comes, so memory holds only what is under way.
 */
export class TallyCheck {
  /** Rows that are wrong, or entries without theirs. */
  readonly #found: number[] = [];
  readonly #rows: Iterator<Record<string, unknown>>;
  readonly #standing: ReturnType<DatabaseSync["prepare"]>;
  readonly #licences = new Map<string, number>();
  /** Device and batch -> first intent that has no row of its own. */
  readonly #owed = new Map<string, number>();
  #row: Record<string, unknown> | undefined;
  readonly #from: number;
  /** Null: what was in force before the first entry that is looked at is not known. */
  #inForce: number | null;

  /** @param from index of the first entry that is looked at */
  constructor(database: DatabaseSync, from: number) {
    this.#from = from;
    this.#inForce = from === 0 ? 0 : null;
    this.#rows = database
      .prepare("SELECT idx, at, batch, licence, hex(device) AS device FROM provisionings WHERE idx >= ? ORDER BY idx")
      .iterate(from);
    this.#standing = database.prepare("SELECT idx FROM provisionings WHERE device = ? AND batch = ?");
    this.#row = this.#next();
  }

  entry(bundle: Bundle, offset: number, { type, batch }: EntryFacts): void {
    const index = bundle.from + offset;
    const text = () => bundle.bytes.toString("utf8", (bundle.starts[offset] ?? 0) + 1, bundle.starts[offset + 1]);
    if (type === "activation.intended") this.#intent(index, batch ?? "", text());
    else if (type === "device.failed") this.#failure(index, batch ?? "", text());
    else if (type === "licence.activated") {
      // An id may hold anything, escapes too.
      const id = String((JSON.parse(text()) as { licence_id?: unknown }).licence_id);
      const first = this.#licences.get(id) ?? index;
      this.#licences.set(id, first);
      // The same licence may have come first below what is looked at.
      this.#inForce = this.#from === 0 ? first : null;
    } else if (type === "licence.removed") this.#inForce = 0;
  }

  /** To be asked when all else is sound: against entries that are damaged themselves a table proves nothing. */
  finish(report: Report): void {
    for (const index of this.#owed.values()) this.#wrong(index);
    while (this.#row !== undefined && this.#found.length <= mostFound) this.#stray();
    for (const index of this.#found.sort((a, b) => a - b))
      report("lookup", index, `What is counted as provisioned does not match entry ${index}.`);
  }

  #intent(index: number, batch: string, text: string): void {
    const device = deviceIn(text);
    while (this.#row !== undefined && Number(this.#row["idx"]) < index) this.#stray();
    if (this.#row?.["idx"] === index) {
      const { at, licence } = this.#row;
      const isRight =
        this.#row["batch"] === batch &&
        this.#row["device"] === device.toUpperCase() &&
        at === Date.parse(memberOf(text, "at")) &&
        (this.#inForce === null || licence === this.#inForce);
      if (!isRight) this.#wrong(index);
      this.#row = this.#next();
      return;
    }
    const standing = this.#standing.get(Buffer.from(device, "hex"), batch)?.["idx"];
    // An earlier intent of the batch stands for it, and was or will be looked at itself.
    if (typeof standing === "number" && standing < index) return;
    const key = `${device} ${batch}`;
    if (!this.#owed.has(key)) this.#owed.set(key, index);
  }

  #failure(index: number, batch: string, text: string): void {
    if (memberOf(text, "seat") !== "none") return;
    const device = deviceIn(text);
    this.#owed.delete(`${device} ${batch}`);
    const standing = this.#standing.get(Buffer.from(device, "hex"), batch)?.["idx"];
    if (typeof standing === "number" && standing < index) this.#wrong(standing);
  }

  #stray(): void {
    this.#wrong(Number(this.#row?.["idx"]));
    this.#row = this.#next();
  }

  #next(): Record<string, unknown> | undefined {
    const { done, value } = this.#rows.next();
    return done === true ? undefined : value;
  }

  #wrong(index: number): void {
    if (this.#found.length <= mostFound) this.#found.push(index);
  }
}

const mostFound = 1000;

function deviceIn(text: string): string {
  return memberOf(text, "fingerprint_sha256").slice(0, 32);
}

/** A string member of an entry in RFC 8785 form, whose values of these names hold no escapes; see facts.ts. */
function memberOf(text: string, name: string): string {
  const before = `"${name}":"`;
  const at = text.indexOf(before);
  if (at < 0) return "";
  const from = at + before.length;
  return text.slice(from, text.indexOf('"', from));
}
