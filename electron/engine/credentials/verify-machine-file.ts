import { createDecipheriv, createHash } from "node:crypto";
import { StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import { fromBase64url } from "#shared/formats/encoding.ts";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import { checkEnvelopeSignature } from "./check-signature.ts";
import { readMachineFileEnvelope } from "./envelope.ts";
import type { IncludedLicense } from "./included-license.ts";
import { judgeMachineFile } from "./judge-machine-file.ts";
import { type MachinePayload, readMachinePayload } from "./machine-payload.ts";
import { refusal } from "./refusal.ts";

export interface MachineFileInput {
  /** The file exactly as it was received or read back. */
  readonly certificate: Uint8Array | string;
  readonly licenseKey: string;
  readonly fingerprint: string;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The id under which `publicKey` is trusted; a file naming another is refused as SIGNING_KEY_UNKNOWN. */
  readonly keyId?: string;
  readonly productSlug?: string;
  readonly activationId?: string;
  readonly now: Date;
  /** How far the issuer's clock may be ahead; default 300. */
  readonly skewSeconds?: number;
  /** The host's own cap on the file's age; 0 or absent: none. */
  readonly maxOfflineDays?: number;
}

/** Everything a verified machine file says. */
export interface MachineFileClaims {
  readonly keyId: string;
  readonly licenseKey: string;
  readonly productSlug: string;
  readonly activationId: string;
  readonly fingerprint: string;
  readonly fingerprintComponents: Readonly<Record<string, string>> | null;
  readonly deviceName: string | null;
  readonly platform: string | null;
  readonly sdkVersion: string | null;
  /** When the device was activated. */
  readonly createdAt: Date | null;
  readonly issuedAt: Date;
  readonly notBefore: Date;
  readonly expiresAt: Date;
  readonly ttlSeconds: number;
  readonly graceSeconds: number;
  readonly licenseExpiresAt: Date | null;
  /** The first instant at which the device stops: expiry and grace, the licence's end, or the host's cap, whichever is first. */
  readonly goodUntil: Date;
  /** Numbers as written ({@link JsonObject} with JsonNumber). */
  readonly metadata: JsonObject | null;
  readonly license: IncludedLicense | null;
}

/**
 * Opens a machine file as the device will: every check of LICENSESEAT section 6.3, in that order, the first failure wins.
 * `details.check` of the error is the contract's own code.
 * @throws StationError CREDENTIAL_*, SIGNING_KEY_UNKNOWN, LICENSE_KEY_MISSING or FINGERPRINT_LENGTH
 */
export async function verifyMachineFile(input: MachineFileInput): Promise<MachineFileClaims> {
  checkInputs(input);
  const envelope = readMachineFileEnvelope(input.certificate);
  if (input.keyId !== undefined && input.keyId !== envelope.keyId) throw refusal("KEY_ID_MISMATCH");
  await checkEnvelopeSignature(envelope, input.publicKey);
  const payload = readMachinePayload(decrypt(envelope.enc, input));
  judgeMachineFile(payload, envelope.keyId, input);
  return claimsOf(payload, input.maxOfflineDays ?? 0);
}

const maxCiphertextBytes = 524_288;

function checkInputs({ licenseKey, fingerprint }: MachineFileInput): void {
  if (!isText(licenseKey, 1, 512)) {
    throw new StationError("LICENSE_KEY_MISSING", "Give the licence key that the machine file was issued under.");
  }
  if (!isText(fingerprint, 8, 255)) {
    throw new StationError("FINGERPRINT_LENGTH", "Give the device's fingerprint, 8 to 255 bytes.");
  }
}

function decrypt(enc: string, { licenseKey, fingerprint }: MachineFileInput): Uint8Array {
  const parts = enc.split(".", 4);
  if (parts.length !== 3) throw refusal("INVALID_ENCRYPTED_FORMAT");
  const [ciphertext, nonce, tag] = parts.map(fromBase64url);
  const isSized = ciphertext && ciphertext.length <= maxCiphertextBytes && nonce?.length === 12 && tag?.length === 16;
  if (!isSized) throw refusal("INVALID_ENCRYPTED_PAYLOAD");
  const key = createHash("sha256").update(licenseKey, "utf8").update(fingerprint, "utf8").digest();
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 }).setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    throw refusal("DECRYPTION_FAILED");
  }
}

function claimsOf(payload: MachinePayload, maxOfflineDays: number): MachineFileClaims {
  const { meta, createdMs, ...device } = payload;
  const at = (seconds: number) => new Date(seconds * 1000);
  const ends = [meta.exp + meta.gracePeriod];
  if (meta.licenseExp !== null) ends.push(meta.licenseExp);
  if (maxOfflineDays > 0) ends.push(meta.iat + maxOfflineDays * 86_400);
  if (device.license?.endsAt) ends.push(device.license.endsAt.getTime() / 1000);
  return {
    ...device,
    keyId: meta.kid,
    licenseKey: meta.lic,
    sdkVersion: meta.sdkVersion,
    createdAt: createdMs === null ? null : new Date(createdMs),
    issuedAt: at(meta.iat),
    notBefore: at(meta.nbf),
    expiresAt: at(meta.exp),
    ttlSeconds: meta.ttl,
    graceSeconds: meta.gracePeriod,
    licenseExpiresAt: meta.licenseExp === null ? null : at(meta.licenseExp),
    goodUntil: at(Math.min(...ends)),
  };
}
