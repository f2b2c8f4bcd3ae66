import { z } from "zod";
import { canonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import { fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import { sizeCaps } from "./layout.ts";

/** index.json: where the newest file of each device lies (DELIVERY.md, "Index"). Not signed; it only points. */

export interface IndexRow {
  readonly batch: string;
  readonly file: string;
  readonly receipt: string;
  readonly device_name: string | null;
  readonly expires_at: string;
}

/** Fingerprint SHA-256 to row. */
export type IndexRows = ReadonlyMap<string, IndexRow>;

/** Collects deliveries, in any order, into the rows of the index. */
export class IndexBuilder {
  readonly #newest = new Map<string, { readonly rank: Rank; readonly row: IndexRow }>();

  add({ predicate }: Pick<ProvisioningStatement, "predicate">): void {
    for (const device of predicate.devices) {
      const rank: Rank = [device.ledger_index, predicate.ledger.size, predicate.batch];
      const known = this.#newest.get(device.fingerprint_sha256);
      if (known !== undefined && !isNewer(rank, known.rank)) continue;
      const { file, receipt, device_name, expires_at } = device;
      this.#newest.set(device.fingerprint_sha256, {
        rank,
        row: { batch: predicate.batch, file, receipt, device_name, expires_at },
      });
    }
  }

  rows(): IndexRows {
    return new Map([...this.#newest].map(([fingerprint, { row }]) => [fingerprint, row]));
  }
}

/** RFC 8785 and a newline. */
export function formatIndex(rows: IndexRows): Uint8Array {
  return utf8(`${canonicalJson({ v: 1, devices: Object.fromEntries(rows) })}\n`);
}

/** Takes exactly what {@link formatIndex} writes, else null. */
export function parseIndex(bytes: Uint8Array): IndexRows | null {
  const text = bytes.length > sizeCaps.index ? null : fromUtf8(bytes);
  if (text === null || !text.endsWith("\n")) return null;
  const parsed = parseCanonicalJson(text.slice(0, -1), { maxDepth: 3, maxValues: 1_000_000 });
  const index = indexSchema.safeParse(parsed?.value);
  // The schema library passes over a member called __proto__; what it made must be all there was.
  return index.success && canonicalJson(index.data) === text.slice(0, -1)
    ? new Map(Object.entries(index.data.devices))
    : null;
}

export function isSameRow(a: IndexRow, b: IndexRow): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

// The ledger's order is the order of issue and does not depend on any clock; the rest only settles a file delivered twice.
type Rank = readonly [ledgerIndex: number, ledgerSize: number, batch: string];

function isNewer(a: Rank, b: Rank): boolean {
  return a[0] !== b[0] ? a[0] > b[0] : a[1] !== b[1] ? a[1] > b[1] : a[2] > b[2];
}

const name = z.string().max(255);
const indexSchema = z.strictObject({
  v: z.literal(1),
  devices: z.record(
    z.string().regex(/^[0-9a-f]{64}$/),
    z.strictObject({
      batch: name,
      file: name,
      receipt: name,
      device_name: z.string().max(1024).nullable(),
      expires_at: name,
    }),
  ),
});
