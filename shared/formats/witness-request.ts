import { StationError } from "#shared/domain/errors.ts";
import { base64, fromBase64 } from "./encoding.ts";

/** What a ledger hands its witness: the body of C2SP tlog-witness `add-checkpoint`; see cosignature.md. */
export interface WitnessRequest {
  /** Entries in the checkpoint that the witness saw last; 0: none. */
  readonly oldSize: number;
  /** RFC 6962 consistency proof from there. */
  readonly proof: readonly Uint8Array[];
  /** Signed note. */
  readonly checkpoint: string;
}

export function formatWitnessRequest({ oldSize, proof, checkpoint }: WitnessRequest): string {
  return `old ${oldSize}\n${proof.map((hash) => `${base64(hash)}\n`).join("")}\n${checkpoint}`;
}

/** A bare checkpoint asks from the beginning. The checkpoint is left unread. @throws StationError VERIFY_ENCODING */
export function parseWitnessRequest(text: string): WitnessRequest {
  if (!/^old \d/.test(text)) return { oldSize: 0, proof: [], checkpoint: text };
  const split = text.indexOf("\n\n");
  const [first = "", ...lines] = text.slice(0, Math.max(split, 0)).split("\n");
  const digits = /^old (0|[1-9][0-9]{0,15})$/.exec(first)?.[1];
  const oldSize = Number(digits);
  const proof = lines.map((line) => fromBase64(line));
  const isExact = digits !== undefined && Number.isSafeInteger(oldSize) && proof.length <= mostHashes;
  if (!isExact || !proof.every((hash) => hash?.length === 32)) {
    throw new StationError("VERIFY_ENCODING", "The request to cosign is not exactly old size, proof and checkpoint.");
  }
  return { oldSize, proof: proof.filter((hash) => hash !== null), checkpoint: text.slice(split + 2) };
}

const mostHashes = 63;
