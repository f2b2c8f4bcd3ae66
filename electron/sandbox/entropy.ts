import { createHash, createHmac, createSecretKey, randomBytes } from "node:crypto";

/** Where everything random comes from: one 32-byte root, so that a seed or a saved root gives the same server again. */
export interface Entropy {
  readonly root: Uint8Array;
  /** Made from a seed: then nothing at all is left to chance. */
  readonly seeded: boolean;
  /** 1 to 32 bytes, always the same for one label. */
  derive(label: string, length: number): Uint8Array;
  /** 1 to 32 bytes for one use; derived when seeded, so the label must name everything that makes the use unique. */
  once(label: string, length: number): Uint8Array;
  /** The next number of a named stream, from 0 up to but not including 1. */
  chance(stream: string): number;
}

export function rootOfSeed(seed: string): Uint8Array {
  return createHash("sha256").update("licence-sandbox root\0").update(seed).digest();
}

export function createEntropy(root: Uint8Array, seeded: boolean): Entropy {
  const drawn = new Map<string, number>();
  // As a key object once, since turning bytes into one costs more than the hash itself.
  const key = createSecretKey(root);
  const derive = (label: string, length: number) =>
    createHmac("sha256", key).update(label).digest().subarray(0, length);
  return {
    root,
    seeded,
    derive,
    once: (label, length) => (seeded ? derive(label, length) : randomBytes(length)),
    chance: (stream) => {
      const turn = drawn.get(stream) ?? 0;
      drawn.set(stream, turn + 1);
      return derive(`chance\0${stream}\0${turn}`, 4).readUInt32BE() / 0x1_0000_0000;
    },
  };
}

/** Sixteen bytes in the shape of a version 4 UUID. */
export function uuidOf(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes.subarray(0, 16));
  copy.writeUInt8((copy.readUInt8(6) & 0x0f) | 0x40, 6);
  copy.writeUInt8((copy.readUInt8(8) & 0x3f) | 0x80, 8);
  const text = copy.toString("hex");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

const readable = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/** Letters and digits that people do not mix up; one character a byte. */
export function readableText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => readable[byte % readable.length]).join("");
}
