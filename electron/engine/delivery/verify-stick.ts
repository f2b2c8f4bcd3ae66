import { StationError } from "#shared/domain/errors.ts";
import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import type { Files } from "../platform/files.ts";
import {
  isBatchName,
  isLeftOver,
  maxEntries,
  indexName,
  pendingIndexName,
  provisioningName,
  provisioningPath,
} from "./layout.ts";
import { findProvisioning } from "./provisioning-folder.ts";
import type { TrustedKeys } from "./trusted-keys.ts";
import { verifyBatch } from "./verify-batch.ts";
import type { CertificateChecks } from "./verify-device.ts";
import { checkIndex } from "./verify-index.ts";
import { byPath, type Problem, problem } from "./verify-problems.ts";

export interface VerifyOptions extends CertificateChecks {
  readonly files: Files;
  readonly root: string;
  readonly keys: TrustedKeys;
  /** SHA-256 of the request files still on the stick, by path relative to its root. */
  readonly requestDigests?: ReadonlyMap<string, string>;
}

interface BatchReport {
  /** Empty for what belongs to no batch: the stick's own files, index.json and its request files. */
  readonly batch: string;
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface StickReport {
  readonly ok: boolean;
  /** By batch id; the one with the empty id is there only when it has a problem. */
  readonly batches: readonly BatchReport[];
  /** What is worth knowing about the stick and is no fault. */
  readonly notes: readonly string[];
}

/**
 * Checks everything under PROVISIONING with nothing but trusted public keys (DELIVERY.md, "Verification").
 * @throws StationError STICK_GONE, STICK_UNSAFE
 */
export async function verifyStick(options: VerifyOptions): Promise<StickReport> {
  const { files, root, keys } = options;
  if ((await findProvisioning(files, root)) === null) return report([], [nothingThere()], []);
  const folder = await sortFolder(files, root);
  const batches: BatchReport[] = [];
  const statements = new Map<string, ProvisioningStatement | null>();
  for (const batch of folder.batches) {
    const { problems, notes, statement } = await verifyBatch({ files, root, batch, keys, checks: options });
    statements.set(batch, statement?.predicate.batch === batch ? statement : null);
    batches.push({ batch, ok: problems.length === 0, problems, notes });
  }
  const own = [...folder.problems];
  if (folder.batches.length === 0) own.push(nothingThere());
  const index = await checkIndex(files, root, statements, folder);
  own.push(...index.problems, ...checkHeads(statements), ...checkRequests(statements, options.requestDigests));
  const isIncomplete = [...own, ...batches.flatMap(({ problems }) => problems)].some(
    ({ code }) => code === "VERIFY_MISSING",
  );
  // A pulled FAT stick lists nothing and fails nothing.
  if (isIncomplete && (await findProvisioning(files, root)) === null) throw gone();
  return report(batches, own, [...folder.notes, ...index.notes]);
}

interface SortedFolder {
  readonly batches: readonly string[];
  readonly hasIndex: boolean;
  readonly hasPendingIndex: boolean;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

async function sortFolder(files: Files, root: string): Promise<SortedFolder> {
  const batches: string[] = [];
  const problems: Problem[] = [];
  const notes: string[] = [];
  const found = new Set<string>();
  const entries = await files.list(provisioningPath(root), maxEntries);
  for (const { name, displayName, kind } of entries.slice(0, maxEntries)) {
    const path = `${provisioningName}/${displayName}`;
    const isBatch = name !== null && isBatchName(name) && kind === "directory";
    const isIndex = name === indexName && kind === "file";
    const isRest = name !== null && isLeftOver(name) && kind === (name === pendingIndexName ? "file" : "directory");
    if (isBatch) batches.push(name);
    else if (isIndex) found.add(name);
    else if (isRest) {
      found.add(name);
      notes.push(`${path}: left by an interrupted delivery; the next one removes it`);
    } else problems.push(problem("VERIFY_UNEXPECTED", path, "This is not part of any delivery."));
  }
  if (entries.length > maxEntries) {
    problems.push(problem("VERIFY_UNEXPECTED", provisioningName, "The folder holds more entries than are looked at."));
  }
  const hasIndex = found.has(indexName);
  return { batches: batches.sort(), hasIndex, hasPendingIndex: found.has(pendingIndexName), problems, notes };
}

/** Two deliveries under the same ledger size must have seen the same ledger. */
function checkHeads(statements: ReadonlyMap<string, ProvisioningStatement | null>): readonly Problem[] {
  const roots = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [batch, statement] of statements) {
    if (statement === null) continue;
    const { origin, size, root } = statement.predicate.ledger;
    const head = `${size} ${origin}`;
    if ((roots.get(head) ?? root) !== root) {
      const message = "Two deliveries name different ledgers of the same size: the ledger was forked.";
      problems.push(problem("VERIFY_RECEIPT", `${provisioningName}/${batch}`, message));
    }
    roots.set(head, root);
  }
  return problems;
}

/** Only the newest delivery answers to the requests that lie on the stick now. */
function checkRequests(
  statements: ReadonlyMap<string, ProvisioningStatement | null>,
  digests: ReadonlyMap<string, string> | undefined,
): readonly Problem[] {
  const newest = [...statements.values()]
    .filter((statement) => statement !== null)
    .reduce<ProvisioningStatement | null>((a, b) => (a === null || isLater(b, a) ? b : a), null);
  const problems = new Map<string, Problem>();
  for (const { request } of newest?.predicate.devices ?? []) {
    const found = digests?.get(request.path);
    if (found === undefined || found === request.sha256) continue;
    const message = "The request file was changed since its devices were provisioned.";
    problems.set(request.path, problem("VERIFY_REQUEST", request.path, message));
  }
  return [...problems.values()];
}

function isLater({ predicate: a }: ProvisioningStatement, { predicate: b }: ProvisioningStatement): boolean {
  return a.ledger.size !== b.ledger.size ? a.ledger.size > b.ledger.size : a.created_at > b.created_at;
}

function report(batches: readonly BatchReport[], own: readonly Problem[], notes: readonly string[]): StickReport {
  const stick: BatchReport = { batch: "", ok: false, problems: [...own].sort(byPath), notes: [] };
  const all = own.length === 0 ? batches : [stick, ...batches];
  return { ok: all.every(({ ok }) => ok), batches: all, notes };
}

function nothingThere(): Problem {
  return problem(
    "VERIFY_MISSING",
    provisioningName,
    "There is no delivery on this stick, so there is nothing to trust.",
  );
}

function gone(): StationError {
  return new StationError("STICK_GONE", "The stick was pulled. Plug it in again and repeat.");
}
