import { randomBytes } from "node:crypto";

export interface Random {
  /** Cryptographically strong bytes. */
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = { bytes: (length) => new Uint8Array(randomBytes(length)) };
