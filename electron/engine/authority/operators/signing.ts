import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { SignatureMeaning } from "#shared/domain/operator.ts";
import { base64 } from "#shared/formats/encoding.ts";
import { coveredSha256, operatorSignatureMessage } from "#shared/formats/operator-signature.ts";
import type { OperatorKey } from "./ports.ts";

/** Whoever signs, and in which ledger. */
export interface Signatory {
  readonly origin: string;
  readonly operator: string;
  readonly key: OperatorKey;
}

/** The bodies, all by this operator, and the signature that covers them; to be appended together, in this order. */
export function signed(
  { origin, operator, key }: Signatory,
  meaning: SignatureMeaning,
  bodies: readonly LedgerEntryBody[],
): readonly LedgerEntryBody[] {
  const own = bodies.map((body) => ({ ...body, by: operator }));
  const subjectSha256 = coveredSha256(own);
  const message = operatorSignatureMessage({ origin, operator, meaning, subjectSha256 });
  return [
    ...own,
    {
      type: "operator.signed",
      by: operator,
      operator,
      meaning,
      covers: own.length,
      subject_sha256: subjectSha256,
      public_key: base64(key.publicKey),
      signature: base64(key.sign(message)),
    },
  ];
}
