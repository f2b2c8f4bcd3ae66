import { utf8 } from "#shared/formats/encoding.ts";
import { formatWitnessRequest } from "#shared/formats/witness-request.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** A checkpoint of the ledger that others vouch for. */
export interface CosignedNote {
  readonly size: number;
  readonly note: string;
}

/**
 * Files of a slice under today's checkpoint: the newest cosigned checkpoints, each with the proof that the ledger grew
 * from there. @param cosigned oldest first
 */
export function cosignedFiles(
  ledger: Pick<Ledger, "size" | "checkpoint" | "consistencyProof">,
  cosigned: readonly CosignedNote[],
): Readonly<Record<string, Uint8Array>> {
  const checkpoint = ledger.checkpoint();
  const fitting = cosigned.filter(({ size }) => size <= ledger.size).slice(-mostCosigned);
  return Object.fromEntries(
    fitting.flatMap(({ size, note }) => {
      const proof = formatWitnessRequest({ oldSize: size, proof: ledger.consistencyProof(size), checkpoint });
      return [[`cosigned/${size}`, utf8(note)] as const, [`consistency/${size}`, utf8(proof)] as const];
    }),
  );
}

// Each covers all before it.
const mostCosigned = 10;
