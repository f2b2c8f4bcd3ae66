import { type BatchFacts, checkBatch, manifestName } from "./check-batch.ts";
import { checkHead, entriesName, type ExportFacts, scanExport } from "./check-export.ts";
import { checkSlice, sliceRotations } from "./check-slice.ts";
import { checkStick, isBatchName, provisioningName } from "./check-stick.ts";
import { type Evidence, sortEvidence } from "./evidence.ts";
import { checkKeyFiles } from "./key-files.ts";
import { type Check, checks, type Finding, findingChecks, Findings, type NoteCode } from "./findings.ts";
import { checkHeads, type SeenHead } from "./consistency.ts";
import { KeyBook, type Rotation } from "./key-book.ts";
import { claimedLink, type Link } from "./link.ts";
import { claimedSize, mostManifestBytes } from "./manifest.ts";
import { type Head, readHead, readNote } from "./note.ts";
import { readFile } from "./read.ts";
import type { FileSource, Folder } from "./source.ts";
import type { TrustedKeys } from "./trusted-keys.ts";

export type SubjectKind = "export" | "slice" | "stick" | "batch" | "checkpoint";

/** One thing that was handed over, judged. */
export interface Subject {
  readonly kind: SubjectKind;
  /** Empty for the top of what was handed over. */
  readonly path: string;
  readonly ok: boolean;
  readonly checks: readonly { readonly check: Check; readonly count: number; readonly ok: boolean }[];
  readonly findings: readonly Finding[];
  /** All that was found; the list stops at 200. */
  readonly total: number;
  readonly notes: readonly Finding<NoteCode>[];
  /** The ledger as this subject knows it, when that is to be trusted. */
  readonly head: Head | null;
  /** Names of those who cosigned the head, of the witnesses asked for. */
  readonly witnesses: readonly string[];
}

export interface Verdict {
  /** True when there was something to judge and nothing is wrong with it. */
  readonly ok: boolean;
  readonly subjects: readonly Subject[];
  /** What belongs to no one subject. */
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  readonly source: FileSource;
  readonly keys: TrustedKeys;
  /** Entries read so far; may wait, so that a page stays alive. */
  readonly progress?: (entries: number) => Promise<void> | void;
}

/**
 * Judges ledger exports, slices, sticks and loose checkpoints, each by itself and by each other; see VERIFIER.md. What
 * is wrong with the evidence is in the verdict, never thrown.
 */
export async function verifyEvidence(options: VerifyOptions): Promise<Verdict> {
  const { source, keys } = options;
  const evidence = await sortEvidence(source);
  const common = new Findings();
  for (const { path, other } of evidence.collisions) common.add("case-collision", path, { other });
  const asked = await questions(evidence);
  const progress = options.progress ?? (() => {});
  const scanned: { readonly folder: Folder; readonly facts: ExportFacts; readonly findings: Findings }[] = [];
  for (const folder of evidence.exports) {
    const findings = new Findings();
    scanned.push({ folder, findings, facts: await scanExport(folder, { ...asked, progress }, findings) });
  }
  const shown = await allRotations(
    evidence,
    scanned.map(({ facts }) => facts),
  );
  // Places that came with the keys go before those that evidence claims.
  const book = new KeyBook(keys, [...(keys.rotations ?? []), ...shown]);

  const subjects: Judged[] = [];
  const seen: SeenHead[] = [];
  const ledgers: { readonly head: Head; readonly facts: ExportFacts }[] = [];
  const lost = new Map<(typeof scanned)[number], Link>();
  for (const one of scanned) {
    const link = await predecessorOf(one, scanned, book.origin);
    if (link !== null) lost.set(one, link);
  }
  for (const one of scanned) {
    const { folder, facts, findings } = one;
    const link = lost.get(one);
    if (link !== undefined) {
      subjects.push({ kind: "export", folder, findings, head: await checkLost(one, link, shown), witnesses: [] });
      continue;
    }
    const head = await checkHead(folder, facts, book, findings);
    if (head !== null && facts.link !== null) {
      const { origin, size } = facts.link.head;
      findings.note("continues", folder.pathOf("entries.jsonl"), { origin, entries: size });
    }
    await checkKeyFiles(folder, book, findings);
    if (head !== null) ledgers.push({ head, facts });
    const subject = {
      kind: "export" as const,
      folder,
      findings,
      head,
      witnesses: await witnesses({ folder, head, cosigned: cosignedNames(folder) }, book, seen, findings),
    };
    if (head !== null) seen.push({ path: folder.pathOf("checkpoint"), head, findings });
    subjects.push(subject);
  }
  for (const folder of evidence.slices) {
    const findings = new Findings();
    const checked = await checkSlice(folder, book, findings);
    const head = checked?.head ?? null;
    const cosigned = checked?.cosigned ?? [];
    await checkKeyFiles(folder, book, findings);
    if (head !== null) seen.push({ path: folder.pathOf("checkpoint"), head, findings });
    subjects.push({
      kind: "slice",
      folder,
      findings,
      head,
      witnesses: await witnesses({ folder, head, cosigned, isProved: true }, book, seen, findings),
    });
  }
  const deliveries: {
    readonly folder: Folder;
    readonly batch: string;
    readonly facts: BatchFacts;
    readonly findings: Findings;
  }[] = [];
  for (const stick of evidence.sticks) {
    const findings = new Findings();
    for (const [batch, facts] of await checkStick(stick, book, findings)) {
      deliveries.push({ folder: stick.inner(`${provisioningName}/${batch}`), batch, facts, findings });
    }
    subjects.push({ kind: "stick", folder: stick, findings, head: null, witnesses: [] });
  }
  for (const folder of evidence.batches) {
    const findings = new Findings();
    const batch = folder.path.split("/").at(-1) ?? "";
    const facts = await checkBatch(folder, batch, book, findings);
    deliveries.push({ folder, batch, facts, findings });
    subjects.push({ kind: "batch", folder, findings, head: null, witnesses: [] });
  }
  for (const { folder, batch, facts, findings } of deliveries) {
    if (facts.manifest === null) continue;
    seen.push({ path: folder.path, head: facts.manifest.head, findings });
    checkLogged(folder, batch, facts, ledgers, findings);
  }
  for (const path of await looseNotes(evidence)) {
    const findings = new Findings();
    findings.looked("signature");
    const head = await findings.trying(path, async () =>
      book.openHead(await readFile(evidence.top, path, mostManifestBytes)),
    );
    if (head !== null) seen.push({ path, head, findings });
    subjects.push({ kind: "checkpoint", folder: evidence.top.inner(path), findings, head, witnesses: [] });
  }
  checkHeads(
    seen,
    ledgers.map(({ head, facts }) => ({ head, roots: facts.roots })),
  );
  if (subjects.length === 0) common.add("nothing-found", "");
  const judged = subjects.map(subjectOf);
  return { ok: common.total === 0 && judged.every(({ ok }) => ok), subjects: judged, findings: common.found };
}

interface Scanned {
  readonly folder: Folder;
  readonly facts: ExportFacts;
  readonly findings: Findings;
}

/** The link to this export in another one that is of the trusted ledger; null when it is judged by the trusted keys. */
async function predecessorOf(one: Scanned, all: readonly Scanned[], trusted: string): Promise<Link | null> {
  const quietly = new Findings();
  const origin = await quietly.trying(
    "",
    async () => readHead(readNote(await readFile(one.folder, "checkpoint", mostNoteBytes))).origin,
  );
  if (origin === null || origin === trusted) return null;
  return all.find(({ facts }) => facts.link?.head.origin === origin)?.facts.link ?? null;
}

/** A lost ledger, under the key that its successor names: it must hold the checkpoint that the successor began with. */
async function checkLost(
  { folder, facts, findings }: Scanned,
  { key, head: linked }: Link,
  rotations: readonly Rotation[],
): Promise<Head | null> {
  const book = new KeyBook({ ledger: key, manifest: null, minisign: null }, rotations);
  const head = await checkHead(folder, facts, book, findings);
  if (head !== null)
    checkHeads([{ path: folder.pathOf("checkpoint"), head: linked, findings }], [{ head, roots: facts.roots }]);
  return head;
}

const mostNoteBytes = 262_144;

interface Judged {
  readonly kind: SubjectKind;
  readonly folder: Folder;
  readonly findings: Findings;
  readonly head: Head | null;
  readonly witnesses: readonly string[];
}

/** Which sizes and batches the exports will be asked about, as far as unverified claims tell. */
async function questions(
  evidence: Evidence,
): Promise<{ readonly sizes: ReadonlySet<number>; readonly batches: ReadonlySet<string> }> {
  const sizes = new Set<number>();
  const batches = new Set<string>();
  const claim = (size: number | null): void => {
    if (size !== null && sizes.size < mostSizes) sizes.add(size);
  };
  const quietly = new Findings();
  for (const folder of evidence.exports) claim((await claimedLink(folder, entriesName))?.head.size ?? null);
  const manifest = async (folder: Folder): Promise<void> => {
    batches.add(folder.path.split("/").at(-1) ?? "");
    const bytes = await quietly.trying("", () => readFile(folder, manifestName, mostManifestBytes));
    if (bytes !== null) claim(claimedSize(bytes));
  };
  for (const stick of evidence.sticks) {
    const folder = stick.inner(provisioningName);
    const names = new Set(folder.names().map((name) => name.split("/", 1)[0] ?? ""));
    for (const name of names) if (isBatchName(name) && folder.file(name) === null) await manifest(folder.inner(name));
  }
  for (const folder of evidence.batches) await manifest(folder);
  const notes = [...evidence.exports, ...evidence.slices].flatMap((folder) =>
    ["checkpoint", ...cosignedNames(folder)].map((name) => folder.pathOf(name)),
  );
  for (const path of [...notes, ...evidence.loose]) claim(await claimedNoteSize(evidence.top, path, quietly));
  return { sizes, batches };
}

// Every stick that ever came back; more would be an attack on the verifier's memory.
const mostSizes = 100_000;

async function claimedNoteSize(top: Folder, path: string, findings: Findings): Promise<number | null> {
  return await findings.trying(path, async () => readHead(readNote(await readFile(top, path, 262_144))).size);
}

async function looseNotes(evidence: Evidence): Promise<readonly string[]> {
  const quietly = new Findings();
  const notes: string[] = [];
  for (const path of evidence.loose)
    if ((await claimedNoteSize(evidence.top, path, quietly)) !== null) notes.push(path);
  return notes;
}

async function allRotations(evidence: Evidence, exports: readonly ExportFacts[]): Promise<readonly Rotation[]> {
  const quietly = new Findings();
  const shown: Rotation[] = [];
  for (const folder of evidence.slices) shown.push(...((await quietly.trying("", () => sliceRotations(folder))) ?? []));
  return [...exports.flatMap(({ rotations }) => rotations), ...shown].sort((a, b) => a.index - b.index);
}

/**
 * Who vouches for this ledger: for its head, or for an earlier one that went to witnesses, of which `cosigned/` holds
 * the notes. Each of those is a head that this ledger must have grown from, and joins what was `seen`.
 */
async function witnesses(
  { folder, head, cosigned, isProved = false }: Vouched,
  book: KeyBook,
  seen: SeenHead[],
  findings: Findings,
): Promise<readonly string[]> {
  if (head === null) return [];
  let best: readonly string[] = [];
  let needed = 0;
  for (const name of ["checkpoint", ...cosigned]) {
    const path = folder.pathOf(name);
    await findings.trying(path, async () => {
      const bytes = await readFile(folder, name, mostManifestBytes);
      if (name !== "checkpoint") {
        findings.looked("signature");
        seen.push({ path, head: book.openHead(bytes), findings, isProved });
      }
      const vouched = book.witnessed(bytes);
      if (vouched.by.length >= best.length) best = vouched.by;
      needed = vouched.needed;
    });
  }
  if (best.length < needed)
    findings.add("too-few-witnesses", folder.pathOf("checkpoint"), { found: best.length, needed });
  return best;
}

interface Vouched {
  readonly folder: Folder;
  readonly head: Head | null;
  /** Names of notes in `cosigned/`. */
  readonly cosigned: readonly string[];
  readonly isProved?: boolean;
}

function cosignedNames(folder: Folder): readonly string[] {
  return folder.names().filter((name) => /^cosigned\/(?:0|[1-9][0-9]{0,15})$/.test(name));
}

/** The ledger says which manifest was delivered: one that was signed but never logged, or of another time, is found. */
function checkLogged(
  folder: Folder,
  batch: string,
  facts: BatchFacts,
  ledgers: readonly { readonly head: Head; readonly facts: ExportFacts }[],
  findings: Findings,
): void {
  const logged = ledgers.flatMap((ledger) => ledger.facts.delivered.get(batch) ?? []);
  if (logged.length > 0 && !logged.includes(facts.manifestSha256 ?? "")) {
    findings.add("manifest-not-logged", folder.pathOf(manifestName), { batch });
  }
}

function subjectOf({ kind, folder, findings, head, witnesses }: Judged): Subject {
  const wrong = new Set(findings.found.map(({ code }) => findingChecks[code]));
  const looked = checks.filter((check) => findings.counts.has(check) || wrong.has(check));
  return {
    kind,
    path: folder.path,
    ok: findings.total === 0,
    checks: looked.map((check) => ({ check, count: findings.counts.get(check) ?? 0, ok: !wrong.has(check) })),
    findings: findings.found.toSorted((a, b) => placeOf(a) - placeOf(b)),
    total: findings.total,
    notes: findings.notes,
    head,
    witnesses,
  };
}

/** What is at the root of the trouble comes first: entries before what was made from them. */
function placeOf({ code }: Finding): number {
  return checks.indexOf(findingChecks[code]);
}
