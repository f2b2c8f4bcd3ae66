import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import type { Files } from "../platform/files.ts";
import { digestOf } from "./device-files.ts";
import { indexName, provisioningName, provisioningPath, sizeCaps } from "./layout.ts";
import { formatIndex, IndexBuilder, type IndexRows, isSameRow, parseIndex } from "./stick-index.ts";
import { type Problem, problem, toProblem } from "./verify-problems.ts";

export interface IndexVerdict {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * index.json is not signed, but the signed manifests leave it only one content. Where a manifest is not to be trusted,
 * rows into its batch can't be judged and the rest still is.
 * @param statements by batch folder; null where the manifest is not to be trusted
 */
export async function checkIndex(
  files: Files,
  root: string,
  statements: ReadonlyMap<string, ProvisioningStatement | null>,
  found: { readonly hasIndex: boolean; readonly hasPendingIndex: boolean },
): Promise<IndexVerdict> {
  if (!found.hasIndex) {
    if (statements.size === 0) return nothing;
    const isFirst = found.hasPendingIndex && statements.size === 1;
    return isFirst ? oneBehind : blame("VERIFY_MISSING", "The index is not there. Resume to write it again.");
  }
  let bytes: Uint8Array;
  try {
    bytes = await files.read(`${provisioningPath(root)}/${indexName}`, sizeCaps.index);
  } catch (error) {
    return { problems: [toProblem(error, path)], notes: [] };
  }
  const rows = parseIndex(bytes);
  if (rows === null) return blame("VERIFY_ENCODING", "The index is not in its one exact form.");
  const trusted = [...statements.values()].filter((statement) => statement !== null);
  const doubtful = new Set([...statements].filter(([, statement]) => statement === null).map(([batch]) => batch));
  if (agrees(rows, rowsOf(trusted), doubtful)) return nothing;
  if (found.hasPendingIndex && trusted.some((one) => agrees(rows, rowsOf(without(trusted, one)), doubtful)))
    return oneBehind;
  return blame("VERIFY_INDEX", "The index does not say what the deliveries say. Resume to write it again.");
}

const path = `${provisioningName}/${indexName}`;
const nothing: IndexVerdict = { problems: [], notes: [] };
/** A pull between the two renames of a commit: the old state of the index, complete. */
const oneBehind: IndexVerdict = {
  problems: [],
  notes: [`${path}: does not list the last delivery yet, which was interrupted at its very end; resume finishes it`],
};

function blame(code: Problem["code"], message: string): IndexVerdict {
  return { problems: [problem(code, path, message)], notes: [] };
}

function rowsOf(statements: readonly ProvisioningStatement[]): IndexRows {
  const builder = new IndexBuilder();
  for (const statement of statements) builder.add(statement);
  return builder.rows();
}

function without(
  statements: readonly ProvisioningStatement[],
  one: ProvisioningStatement,
): readonly ProvisioningStatement[] {
  return statements.filter((statement) => statement !== one);
}

function agrees(rows: IndexRows, wanted: IndexRows, doubtful: ReadonlySet<string>): boolean {
  if (doubtful.size === 0) return digestOf(formatIndex(rows)) === digestOf(formatIndex(wanted));
  for (const [fingerprint, row] of rows) {
    const expected = wanted.get(fingerprint);
    if (!doubtful.has(row.batch) && (expected === undefined || !isSameRow(row, expected))) return false;
  }
  return [...wanted.keys()].every((fingerprint) => rows.has(fingerprint));
}
