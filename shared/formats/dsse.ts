import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { StationError } from "#shared/domain/errors.ts";
import { z } from "zod";
import { canonicalJson, parseCanonicalJson } from "./canonical-json.ts";
import { base64, base64Bytes, fromBase64, fromUtf8, utf8 } from "./encoding.ts";

/** DSSE v1 envelope with one Ed25519 signature; see dsse.md beside this file. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** The pre-authentication encoding: what is really signed. */
export function paeBytes(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  const head = utf8(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const pae = new Uint8Array(head.length + payload.length);
  pae.set(head);
  pae.set(payload, head.length);
  return pae;
}

/** RFC 8785 JSON and a newline. */
export function formatEnvelope({ payloadType, payload, keyId, signature }: Envelope): Uint8Array {
  const signatures = [{ keyid: keyId, sig: base64(signature) }];
  // Base64 needs no escapes and its member comes first, so that a payload of megabytes is put in place, not into strings.
  const head = utf8('{"payload":"');
  const body = base64Bytes(payload);
  const tail = utf8(`",${canonicalJson({ payloadType, signatures }).slice(1)}\n`);
  const bytes = new Uint8Array(head.length + body.length + tail.length);
  bytes.set(head);
  bytes.set(body, head.length);
  bytes.set(tail, head.length + body.length);
  return bytes;
}

/** Takes exactly what {@link formatEnvelope} writes. @throws StationError VERIFY_ENCODING */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  const text = bytes.length > maxEnvelopeBytes ? null : fromUtf8(bytes);
  if (text === null || !text.endsWith("\n")) throw malformed();
  const parsed = parseCanonicalJson(text.slice(0, -1), { maxDepth: 3, maxValues: 16 });
  const envelope = envelopeSchema.safeParse(parsed?.value);
  if (!envelope.success) throw malformed();
  const { payload: payloadText, payloadType, signatures } = envelope.data;
  const payload = fromBase64(payloadText);
  const signature = fromBase64(signatures[0].sig);
  if (payload === null || signature?.length !== 64) throw malformed();
  return { payloadType, payload, keyId: signatures[0].keyid, signature };
}

/** @param sign raw Ed25519 over the bytes given */
export function signEnvelope(
  payloadType: string,
  payload: Uint8Array,
  keyId: string,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  return formatEnvelope({ payloadType, payload, keyId, signature: sign(paeBytes(payloadType, payload)) });
}

/**
 * The payload, once its type, key id and signature are right.
 * @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE
 */
export function openEnvelope(
  bytes: Uint8Array,
  expected: { readonly payloadType: string; readonly keyId: string; readonly publicKey: Uint8Array },
): Uint8Array {
  const { payloadType, payload, keyId, signature } = parseEnvelope(bytes);
  const isExpected = payloadType === expected.payloadType && keyId === expected.keyId;
  if (!isExpected || !verifyEd25519(expected.publicKey, paeBytes(payloadType, payload), signature)) {
    throw new StationError("VERIFY_SIGNATURE", "The manifest is not signed by the trusted manifest key.");
  }
  return payload;
}

// A statement of 64 MiB in base64.
const maxEnvelopeBytes = 96 * 1024 * 1024;

const envelopeSchema = z.strictObject({
  payload: z.string(),
  payloadType: z.string().min(1).max(256),
  signatures: z.tuple([z.strictObject({ keyid: z.string().min(1).max(256), sig: z.string().max(128) })]),
});

function malformed(): StationError {
  return new StationError("VERIFY_ENCODING", "The signed envelope is not in its one exact form.");
}
