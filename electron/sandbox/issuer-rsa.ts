import { checkPrimeSync, createPrivateKey, type KeyObject } from "node:crypto";
import type { Entropy } from "./entropy.ts";

/**
 * An RSA key of 2048 bits from the sandbox's root, so that the same seed signs the same tokens. Good for rehearsals: the
 * primes are the first from derived starting points on, which nobody else can know but which no standard describes.
 */
export function deriveRsaKey(entropy: Entropy, label: string): KeyObject {
  const p = primeFrom(entropy, `${label} p`);
  const q = primeFrom(entropy, `${label} q`);
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const part = (value: bigint): string => {
    const digits = value.toString(16);
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex").toString("base64url");
  };
  return createPrivateKey({
    format: "jwk",
    key: {
      kty: "RSA",
      n: part(p * q),
      e: part(exponent),
      d: part(d),
      p: part(p),
      q: part(q),
      dp: part(d % (p - 1n)),
      dq: part(d % (q - 1n)),
      qi: part(inverse(q, p)),
    },
  });
}

const exponent = 65_537n;
const blocks = [0, 1, 2, 3] as const;

/** 1024 bits, the two highest set, so that the product of two has 2048. */
function primeFrom(entropy: Entropy, label: string): bigint {
  const start = Buffer.concat(blocks.map((block) => entropy.derive(`${label} ${block}`, 32))).toString("hex");
  let candidate = BigInt(`0x${start}`) | (3n << 1022n) | 1n;
  while (candidate % exponent === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** By Euclid; the two have no common factor. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, nextR] = [modulus, value % modulus];
  let [t, nextT] = [0n, 1n];
  while (nextR !== 0n) {
    const times = r / nextR;
    [r, nextR] = [nextR, r - times * nextR];
    [t, nextT] = [nextT, t - times * nextT];
  }
  return ((t % modulus) + modulus) % modulus;
}
