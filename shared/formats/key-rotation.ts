import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { canonicalJson } from "./canonical-json.ts";
import { fromBase64, utf8 } from "./encoding.ts";

type Rotation = BodyOf<"key.rotated">;

/** What both keys sign: the entry's body without its signatures, in RFC 8785 form. Keys and signatures are base64. */
export function rotationMessage({
  use,
  old_public_key,
  new_public_key,
}: Omit<Rotation, "type" | "old_signature" | "new_signature">): Uint8Array {
  return utf8(canonicalJson({ type: "key.rotated", use, old_public_key, new_public_key }));
}

/** True when the old key names its successor and the new key agrees. */
export function verifyRotation(rotation: Rotation): boolean {
  const message = rotationMessage(rotation);
  return (
    isSigned(rotation.old_public_key, message, rotation.old_signature) &&
    isSigned(rotation.new_public_key, message, rotation.new_signature)
  );
}

function isSigned(publicKey: string, message: Uint8Array, signature: string): boolean {
  const key = fromBase64(publicKey);
  const bytes = fromBase64(signature);
  return key !== null && bytes !== null && verifyEd25519(key, message, bytes);
}
