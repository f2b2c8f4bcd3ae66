import type { SliceSummary } from "./slice.ts";

/** Of a slice, besides its entries. */
export interface SliceParts {
  /** Whether it carries what operators' signatures rest on. */
  readonly isJudged: boolean;
  /** Whether `verify.py` and `verify.html` go with it. */
  readonly hasPython: boolean;
  readonly hasPage: boolean;
}

/** VERIFY.txt of a slice. */
export function sliceText(origin: string, { size, shown, leftOut }: SliceSummary, parts: SliceParts): string {
  const ways = [...(parts.hasPython ? [python] : []), ...(parts.hasPage ? [page] : []), signature, oneEntry];
  return `How to check this slice
=======================

Part of the ledger of ${origin}: ${shown} of its ${size} entries. The other ${size - shown}
are left out, in ${leftOut.length} stretches that slice.json names; nothing of them is here.

What a slice proves: that each entry in entries.jsonl stands in the signed ledger at the place it
says. What it cannot prove: that no other entry would have fitted the question. Whoever must know
that needs the whole export, or asks for the stretches that are left out.
${parts.isJudged ? signatures : ""}
Trust begins with the ledger's public key. The copies in this folder are here for convenience:
compare them with copies that reached you another way, or use those instead.

${ways.map((way, index) => `${index + 1}. ${way}`).join("\n")}`;
}

const python = `Everything at once, with a stock Python 3 (3.8 or newer)

    python3 verify.py --keys . .
`;

const page = `Everything at once, in a browser: open verify.html from the disk, give it the key, and drop this
   folder on it. No network is used.
`;

const signature = `The signature, with OpenSSL 3

    sed '/^$/,$d' checkpoint > note
    sed -n '$p' checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c +5 > sig
    openssl pkeyutl -verify -rawin -pubin -inkey ledger.pem -in note -sigfile sig
`;

const oneEntry = `One entry: receipts/N.tlog-proof (https://c2sp.org/tlog-proof) holds entry N, the hashes that
   lead from it to the root, and the same checkpoint. Any verifier of such proofs will do.
`;

const signatures = `
Operators' signatures in it are judged by the account entries in it. What it cannot prove: that no
entry that is left out gave an operator another key before, or closed the account.

Checkpoints in cosigned/ are those that witnesses signed; the file of the same name in consistency/
holds the proof (RFC 6962) that the ledger of this slice grew from there.
`;
