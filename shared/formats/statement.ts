import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, parseCanonicalJson } from "./canonical-json.ts";
import { fromUtf8, utf8 } from "./encoding.ts";
import { isPlainFileName } from "./sha256sums.ts";

/** The manifest of one delivery: an in-toto Statement v1 with our predicate; see statement.md beside this file. */

/** DSSE payload type of every in-toto statement. */
export const statementPayloadType = "application/vnd.in-toto+json";

const text = z.string().max(1024);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/);
const fileName = z.string().refine(isPlainFileName);

const device = z.strictObject({
  fingerprint_sha256: sha256,
  device_name: text.nullable(),
  serial: text.nullable(),
  asset_tag: text.nullable(),
  activation_id: text.min(1),
  issued_at: instant,
  expires_at: instant,
  /** The licensing server's signing key. */
  key_id: text.min(1),
  /** Of the entry `machine-file.issued` that the receipt proves. */
  ledger_index: count,
  file: fileName,
  receipt: fileName,
  /** Where the request lay on the stick and what it held; the path is relative to the volume's root. */
  request: z.strictObject({ path: z.string().min(1).max(4096), sha256 }),
});

/** A licence for another product's server that the delivery brings instead of machine files. */
const carried = z.strictObject({
  kind: z.enum(["sentari", "stella"]),
  target: text.nullable(),
  /** The licence's own id, and the vendor's key that signed it. */
  token_id: text.min(1),
  vendor_key_sha256: sha256,
  expires_at: instant,
  /** Of the entry `licence-token.carried` that the receipt proves. */
  ledger_index: count,
  file: fileName,
  receipt: fileName,
});

const maxDevices = 100_000;

const statementSchema = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z
    .array(z.strictObject({ name: fileName, digest: z.strictObject({ sha256 }) }))
    .min(1)
    .max(2 * maxDevices + 16),
  predicateType: z.literal("https://licence-station.invalid/provisioning/v1"),
  predicate: z.strictObject({
    batch: z.string().regex(/^[0-9A-Za-z-]{8,64}$/),
    created_at: instant,
    station: text,
    operator: text.nullable(),
    work_order: text.nullable(),
    stick: z.strictObject({
      volume_uuid: text.nullable(),
      usb_serial: text.nullable(),
      size_bytes: count.nullable(),
      file_system: text.nullable(),
    }),
    product: text,
    licenses: z.array(z.strictObject({ last4: z.string().max(16), sha256 })).max(maxDevices),
    policy: z.strictObject({ ttl_days: count, grace_days: count }),
    read_back: z.enum(["direct", "cached"]),
    /** The head that the receipts were made under; `root` in base64. */
    ledger: z.strictObject({ origin: text, size: count, root: z.string().regex(/^[0-9A-Za-z+/]{43}=$/) }),
    devices: z.array(device).max(maxDevices),
    /** Only in a delivery of licences for others, which then has no device. */
    carried: z.array(carried).min(1).max(16).optional(),
  }),
});

export type ProvisioningStatement = z.infer<typeof statementSchema>;
export type ProvisionedDevice = z.infer<typeof device>;
export type CarriedToken = z.infer<typeof carried>;

/** RFC 8785 bytes, no newline. @throws StationError INTERNAL when the statement breaks its own rules */
export function formatStatement(statement: ProvisioningStatement): Uint8Array {
  const parsed = statementSchema.safeParse(statement);
  const problem = parsed.success ? contradiction(parsed.data) : "shape";
  if (problem !== null) throw new StationError("INTERNAL", `The manifest to be signed is wrong: ${problem}.`);
  return utf8(canonicalJson(statement));
}

/**
 * Takes exactly what {@link formatStatement} writes.
 * @throws StationError VERIFY_ENCODING, or VERIFY_MANIFEST when well-formed but not ours or contradicting itself
 */
export function parseStatement(bytes: Uint8Array): ProvisioningStatement {
  const json = bytes.length > maxStatementBytes ? null : fromUtf8(bytes);
  const parsed = json === null ? null : parseCanonicalJson(json, { maxDepth: 8, maxValues: 4_000_000 });
  if (parsed === null) throw new StationError("VERIFY_ENCODING", "The manifest is not canonical JSON within its size.");
  const statement = statementSchema.safeParse(parsed.value);
  if (!statement.success) throw new StationError("VERIFY_MANIFEST", "The manifest has not the shape of a delivery's.");
  const problem = contradiction(statement.data);
  if (problem !== null) throw new StationError("VERIFY_MANIFEST", `The manifest contradicts itself: ${problem}.`);
  return statement.data;
}

const maxStatementBytes = 64 * 1024 * 1024;

/** What a schema cannot say, or null when all is well. */
function contradiction({ subject, predicate }: ProvisioningStatement): string | null {
  const names = subject.map(({ name }) => name);
  if (!isAscending(names)) return "its files are not sorted by name, each once";
  const unclaimed = new Set(names);
  const fingerprints = new Set<string>();
  for (const { file, receipt, fingerprint_sha256: fingerprint, ledger_index: index } of predicate.devices) {
    if (!unclaimed.delete(file) || !unclaimed.delete(receipt)) return "a device's file is not listed or is another's";
    if (fingerprints.has(fingerprint)) return "a device is listed twice";
    if (index >= predicate.ledger.size) return "an entry lies beyond the ledger's end";
    fingerprints.add(fingerprint);
  }
  for (const { file, receipt, ledger_index: index } of predicate.carried ?? []) {
    if (predicate.devices.length > 0) return "it has devices and carries licences";
    if (!unclaimed.delete(file) || !unclaimed.delete(receipt)) return "a licence's file is not listed or is another's";
    if (index >= predicate.ledger.size) return "an entry lies beyond the ledger's end";
  }
  return null;
}

function isAscending(names: readonly string[]): boolean {
  return names.every((name, i) => i === 0 || (names[i - 1] ?? "") < name);
}
