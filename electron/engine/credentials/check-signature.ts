import { fromBase64url, utf8 } from "#shared/formats/encoding.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { type MachineFileEnvelope, readMachineFileEnvelope } from "./envelope.ts";
import { refusal } from "./refusal.ts";

/**
 * Checks 1, 3 and 4 of LICENSESEAT section 6.3: all that can be told of a machine file without its licence key. The
 * file must name the signing key that was recorded for it (`device.key_id`), and that key must be among `trusted` (kid -> raw 32 bytes each).
 * Where several keys have one id, any of them may have signed.
 * @throws StationError CREDENTIAL_* or SIGNING_KEY_UNKNOWN
 */
export async function checkMachineFileSignature(
  file: { readonly certificate: Uint8Array | string; readonly device: { readonly key_id: string } },
  trusted: ReadonlyMap<string, readonly Uint8Array[]>,
): Promise<void> {
  const envelope = readMachineFileEnvelope(file.certificate);
  const [newest, ...others] = trusted.get(envelope.keyId) ?? [];
  if (envelope.keyId !== file.device.key_id || newest === undefined) throw refusal("KEY_ID_MISMATCH");
  await underAny([newest, ...others], (publicKey) => checkEnvelopeSignature(envelope, publicKey));
}

/** What the first key that fits answers, else what the first key of all throws. */
export async function underAny<T>(
  keys: readonly [Uint8Array, ...Uint8Array[]],
  check: (publicKey: Uint8Array) => Promise<T>,
): Promise<T> {
  const [first, ...others] = keys;
  try {
    return await check(first);
  } catch (error) {
    for (const key of others) {
      try {
        return await check(key);
      } catch {
        // The first key's answer is the one that is told.
      }
    }
    throw error;
  }
}

/** Check 4. */
export async function checkEnvelopeSignature({ enc, sig }: MachineFileEnvelope, publicKey: Uint8Array): Promise<void> {
  if (publicKey.length !== 32) throw refusal("INVALID_PUBLIC_KEY");
  const signature = fromBase64url(sig);
  if (signature?.length !== 64) throw refusal("INVALID_SIGNATURE_ENCODING");
  if (!(await verifyEd25519(publicKey, utf8(`machine/${enc}`), signature))) throw refusal("SIGNATURE_INVALID");
}
