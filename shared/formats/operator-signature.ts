import { sha256, sha256Hex } from "#shared/crypto/sha256.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { SignatureMeaning } from "#shared/domain/operator.ts";
import { canonicalJson } from "./canonical-json.ts";
import { utf8 } from "./encoding.ts";

export interface OperatorStatement {
  /** The ledger's name: a signature counts in no other. */
  readonly origin: string;
  readonly operator: string;
  readonly meaning: SignatureMeaning;
  /** Of {@link coveredSha256}. */
  readonly subjectSha256: string;
}

/** The bytes an operator's key signs (operator-signature.md). */
export function operatorSignatureMessage({ origin, operator, meaning, subjectSha256 }: OperatorStatement): Uint8Array {
  return utf8(`licence-station operator signature v1\n${origin}\n${operator}\n${meaning}\n${subjectSha256}\n`);
}

/** What the signature covers: consecutive entries without their instants, which are not known before they are stored. */
export function coveredSha256(bodies: readonly LedgerEntryBody[]): string {
  const digests = new Uint8Array(bodies.length * 32);
  for (const [i, body] of bodies.entries()) digests.set(sha256(utf8(canonicalJson({ ...body, v: 1 }))), i * 32);
  return sha256Hex(digests);
}
