import { StationError } from "#shared/domain/errors.ts";
import { parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import type { Checkpoint } from "#shared/formats/checkpoint.ts";
import { fromUtf8, hex } from "#shared/formats/encoding.ts";
import { verifyReceipt } from "#shared/formats/tlog-proof.ts";
import { openHead } from "./key-succession.ts";
import type { StationKeys } from "./trusted-keys.ts";

/** What the manifest says of a device and its receipt must prove. */
interface DeviceFacts {
  readonly fileSha256: string;
  readonly fingerprintSha256: string;
  readonly activationId: string;
  readonly deviceName: string | null;
  readonly ledgerIndex: number;
}

/** The same of a carried licence. */
interface TokenFacts {
  readonly fileSha256: string;
  readonly kind: string;
  readonly target: string | null;
  readonly tokenId: string;
  readonly vendorKeySha256: string;
  readonly expiresAt: string;
  readonly ledgerIndex: number;
}

export interface ProvedReceipt {
  readonly checkpoint: Checkpoint;
  /** Of the licence key the file was issued under; null when the entry does not tell. */
  readonly licenseSha256: string | null;
}

/** Checks one receipt. @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE, LEDGER_FOREIGN, VERIFY_RECEIPT */
export type ReceiptChecker = (bytes: Uint8Array, facts: DeviceFacts | TokenFacts) => ProvedReceipt;

export interface OpenedCheckpoint {
  /** The signed note. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/**
 * A checker under the ledger's keys. Receipts of one delivery share their checkpoint, so its signature is checked once.
 * @param known one that is verified already
 */
export function receiptChecker(
  keys: Pick<StationKeys, "ledger" | "retired">,
  known: OpenedCheckpoint | null = null,
): ReceiptChecker {
  let last = known;
  const open = (note: string): Checkpoint => {
    if (last?.note !== note) last = { note, checkpoint: openHead(note, keys) };
    return last.checkpoint;
  };
  return (bytes, facts) => {
    const { entry, index, checkpoint } = verifyReceipt(bytes, keys.ledger, open);
    const members = parseEntry(entry);
    const agrees = Object.entries(expected(facts)).every(([name, value]) => members[name] === value);
    if (index !== facts.ledgerIndex || !agrees)
      throw new StationError("VERIFY_RECEIPT", "The receipt is for another file than the one it lies beside.");
    const license = members["license_sha256"];
    return { checkpoint, licenseSha256: typeof license === "string" ? license : null };
  };
}

function expected(facts: DeviceFacts | TokenFacts): Readonly<Record<string, unknown>> {
  if ("tokenId" in facts) {
    return {
      v: 1,
      type: "licence-token.carried",
      file_sha256: facts.fileSha256,
      kind: facts.kind,
      target: facts.target,
      token_id: facts.tokenId,
      vendor_key_sha256: facts.vendorKeySha256,
      expires_at: facts.expiresAt,
    };
  }
  return {
    v: 1,
    type: "machine-file.issued",
    file_sha256: facts.fileSha256,
    fingerprint_sha256: facts.fingerprintSha256,
    activation_id: facts.activationId,
    device_name: facts.deviceName,
  };
}

export function isSameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return a.origin === b.origin && a.size === b.size && hex(a.rootHash) === hex(b.rootHash);
}

function parseEntry(entry: Uint8Array): Readonly<Record<string, unknown>> {
  const text = entry.length > 65_535 ? null : fromUtf8(entry);
  const value = text === null ? undefined : parseCanonicalJson(text)?.value;
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value));
  throw new StationError("VERIFY_RECEIPT", "The receipt's ledger entry is not canonical JSON.");
}
