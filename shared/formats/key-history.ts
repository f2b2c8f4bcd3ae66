import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { canonicalJson, parseCanonicalJson } from "./canonical-json.ts";
import { base64, fromBase64, fromUtf8, must, utf8 } from "./encoding.ts";
import { verifyRotation } from "./key-rotation.ts";

/** How a station's keys followed each other; see key-history.md beside this file. */
export interface KeyHistory {
  /** The ledger's name. */
  readonly origin: string;
  /** In the ledger's order. */
  readonly rotations: readonly RotationAt[];
}

export interface RotationAt {
  /** Of the entry in the ledger. */
  readonly index: number;
  readonly rotation: BodyOf<"key.rotated">;
}

/** A key that a rotation ended. */
export interface RetiredKey {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Entries of the largest ledger that it may speak for. */
  readonly until: number;
}

export function formatKeyHistory({ origin, rotations }: KeyHistory): Uint8Array {
  const rows = rotations.map(({ index, rotation }) => {
    const { use, old_public_key, new_public_key, old_signature, new_signature } = rotation;
    return { index, use, old_public_key, new_public_key, old_signature, new_signature };
  });
  return utf8(`${canonicalJson({ v: 1, origin, rotations: rows })}\n`);
}

/** Takes exactly what {@link formatKeyHistory} writes, and verifies every rotation. @throws StationError VERIFY_KEYS */
export function parseKeyHistory(bytes: Uint8Array): KeyHistory {
  const text = bytes.length > maxBytes ? null : fromUtf8(bytes);
  const parsed = schema.safeParse(text?.endsWith("\n") ? parseCanonicalJson(text.slice(0, -1))?.value : null);
  if (!parsed.success) throw damaged();
  const { origin, rotations } = parsed.data;
  const turns = rotations.map(
    ({ index, ...row }): RotationAt => ({ index, rotation: { type: "key.rotated", ...row } }),
  );
  for (const [i, { index, rotation }] of turns.entries()) {
    if (index <= (turns[i - 1]?.index ?? 0) || !verifyRotation(rotation)) throw damaged();
  }
  return { origin, rotations: turns };
}

/**
 * The keys of one use that came before `current`, newest first.
 * @throws StationError VERIFY_KEYS when the rotations do not lead to `current`
 */
export function retiredKeys(
  rotations: readonly RotationAt[],
  use: BodyOf<"key.rotated">["use"],
  current: Uint8Array,
): readonly RetiredKey[] {
  const retired: RetiredKey[] = [];
  let reached = base64(current);
  for (const { index, rotation } of rotations.toReversed()) {
    if (rotation.use !== use) continue;
    if (rotation.new_public_key !== reached) throw damaged();
    reached = rotation.old_public_key;
    retired.push({ publicKey: must(fromBase64(reached), "a verified key"), until: index + 1 });
  }
  return retired;
}

const maxBytes = 1_048_576;

const schema = z.strictObject({
  v: z.literal(1),
  origin: z.string().min(1).max(1024),
  rotations: z
    .array(
      z.strictObject({
        index: z.int().min(1),
        use: z.enum(["ledger", "manifest", "minisign"]),
        old_public_key: z.string().length(44),
        new_public_key: z.string().length(44),
        old_signature: z.string().length(88),
        new_signature: z.string().length(88),
      }),
    )
    .min(1)
    .max(1000),
});

function damaged(): StationError {
  return new StationError(
    "VERIFY_KEYS",
    "key-history.json is damaged or does not lead to the exported keys; export the keys again.",
  );
}
