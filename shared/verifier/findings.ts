/** What the verifier looks at, in the order it is shown. */
export const checks = [
  "entries",
  "tree",
  "signature",
  "tiles",
  "table",
  "slice",
  "keys",
  "manifest",
  "sums",
  "files",
  "receipts",
  "index",
  "requests",
  "consistency",
] as const;

export type Check = (typeof checks)[number];

/** What can be wrong, and which check says so. Words for people are the page's. */
export const findingChecks = {
  "nothing-found": "entries",
  "case-collision": "files",
  unreadable: "files",
  "not-a-file": "files",
  "too-large": "files",
  missing: "files",
  unexpected: "files",
  encoding: "files",
  "entry-cut": "entries",
  "entry-form": "entries",
  "entry-order": "entries",
  "entries-differ": "entries",
  "rotation-broken": "keys",
  "operator-signature": "keys",
  "operator-account": "keys",
  "retired-key": "keys",
  "key-differs": "keys",
  "key-missing": "keys",
  "note-signature": "signature",
  "other-origin": "signature",
  "too-few-witnesses": "signature",
  "link-broken": "signature",
  "size-differs": "tree",
  "root-differs": "tree",
  "tile-differs": "tiles",
  "tile-stray": "tiles",
  "table-form": "table",
  "table-short": "table",
  "table-long": "table",
  "table-differs": "table",
  "table-formula": "table",
  "slice-form": "slice",
  "slice-count": "slice",
  "slice-receipt": "slice",
  "envelope-signature": "manifest",
  "manifest-form": "manifest",
  "manifest-batch": "manifest",
  "manifest-not-logged": "manifest",
  "sums-differ": "sums",
  "sums-signature": "sums",
  "sums-batch": "sums",
  "no-list": "sums",
  digest: "files",
  "receipt-form": "receipts",
  "receipt-proof": "receipts",
  "receipt-entry": "receipts",
  "receipt-place": "receipts",
  "index-differs": "index",
  "nothing-delivered": "index",
  "request-changed": "requests",
  ahead: "consistency",
  fork: "consistency",
  "consistency-proof": "consistency",
} as const satisfies Readonly<Record<string, Check>>;

export type FindingCode = keyof typeof findingChecks;

/** Things worth saying that are nobody's fault. */
export type NoteCode =
  | "left-over"
  | "not-compared"
  | "index-behind"
  | "index-unjudged"
  | "key-vouched"
  | "continues"
  | "slice-unjudged";

export type Facts = Readonly<Record<string, string | number>>;

export interface Finding<Code extends string = FindingCode> {
  readonly code: Code;
  /** Relative to what was handed over. */
  readonly path: string;
  /** Line of the file from 1, where one line is to blame. */
  readonly line: number | null;
  readonly facts: Facts;
}

/** Thrown by parsers; whoever catches it knows the path. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: FindingCode;
  readonly facts: Facts;
  readonly line: number | null;
  constructor(code: FindingCode, facts: Facts = {}, line: number | null = null) {
    super(code);
    this.code = code;
    this.facts = facts;
    this.line = line;
  }
}

// A broken bundle may be wrong in a million places; the first ones tell as much.
const mostFindings = 200;

/** Collects what is found about one subject. */
export class Findings {
  readonly #counts = new Map<Check, number>();
  readonly #found: Finding[] = [];
  readonly #notes: Finding<NoteCode>[] = [];
  #all = 0;

  /** `count` more things were held against `check`, whatever came of it. */
  looked(check: Check, count = 1): void {
    this.#counts.set(check, (this.#counts.get(check) ?? 0) + count);
  }

  add(code: FindingCode, path: string, facts: Facts = {}, line: number | null = null): void {
    this.#all += 1;
    if (this.#found.length < mostFindings) this.#found.push({ code, path, line, facts });
  }

  note(code: NoteCode, path: string, facts: Facts = {}): void {
    if (this.#notes.length < mostFindings) this.#notes.push({ code, path, line: null, facts });
  }

  /** What `work` returns; what it refuses is found at `path`, and null comes back. */
  async trying<T>(path: string, work: () => T | Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      return this.#refused(path, error, null);
    }
  }

  /** As {@link trying}, for one line of a file and without waiting: there may be a million of them. */
  tryingLine<T>(path: string, line: number, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      return this.#refused(path, error, line);
    }
  }

  #refused(path: string, error: unknown, line: number | null): null {
    if (!(error instanceof Refusal)) throw error;
    this.add(error.code, path, error.facts, error.line ?? line);
    return null;
  }

  get total(): number {
    return this.#all;
  }
  get found(): readonly Finding[] {
    return this.#found;
  }
  get notes(): readonly Finding<NoteCode>[] {
    return this.#notes;
  }
  get counts(): ReadonlyMap<Check, number> {
    return this.#counts;
  }
}
