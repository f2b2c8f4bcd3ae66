import { createCipheriv, createHash } from "node:crypto";
import { base64url, utf8 } from "#shared/formats/encoding.ts";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import { instant, instantOrNull } from "./answers.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { License } from "./config.ts";
import type { Entropy } from "./entropy.ts";
import { activeEntitlements } from "./life-cycle.ts";
import type { Seat } from "./registry.ts";

export interface MachineFileClaims {
  readonly seat: Seat;
  readonly license: License;
  readonly keyId: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly ttlSeconds: number;
  readonly graceSeconds: number;
  readonly sdkVersion: string | null;
  readonly platform: string | null;
  readonly fingerprintComponents: Readonly<Record<string, string>> | null;
  readonly includeLicense: boolean;
}

/** The payload of schema version 2. Members without a value are left out: null is refused in several places. */
export function machineFilePayload(claims: MachineFileClaims): JsonObject {
  const { seat, license, keyId, issuedAt, ttlSeconds } = claims;
  const expiry = issuedAt + ttlSeconds;
  return {
    meta: {
      schema_version: 2,
      iat: issuedAt,
      nbf: issuedAt,
      exp: expiry,
      ttl: ttlSeconds,
      issued: instant(issuedAt),
      expiry: instant(expiry),
      grace_period: claims.graceSeconds,
      lic: license.key,
      ...(license.expires_at === null ? {} : { license_exp: license.expires_at }),
      kid: keyId,
      ...(claims.sdkVersion === null ? {} : { sdk_version: claims.sdkVersion }),
    },
    data: {
      type: "machines",
      id: seat.activationId,
      attributes: {
        fingerprint: seat.fingerprint,
        ...(claims.fingerprintComponents === null ? {} : { fingerprint_components: claims.fingerprintComponents }),
        ...(seat.deviceName === null ? {} : { name: seat.deviceName }),
        ...(claims.platform === null ? {} : { platform: claims.platform }),
        created: instant(seat.activatedAt),
        ...(seat.metadata === null ? {} : { metadata: seat.metadata }),
      },
      relationships: {
        license: { data: { type: "licenses", id: license.key } },
        product: { data: { type: "products", id: license.product } },
      },
    },
    ...(claims.includeLicense ? { included: [includedLicense(license, issuedAt)] } : {}),
  };
}

function includedLicense(license: License, issuedAt: number): JsonObject {
  const { key, mode, plan_key, product, seat_limit, starts_at, expires_at, metadata } = license;
  return {
    type: "licenses",
    id: key,
    attributes: {
      key,
      status: "active",
      mode,
      plan_key,
      product_slug: product,
      seat_limit,
      starts_at: instantOrNull(starts_at),
      ends_at: instantOrNull(expires_at),
      entitlements: activeEntitlements(license, issuedAt).map(({ key, expires_at }) => ({
        key,
        expires_at: instantOrNull(expires_at),
      })),
      ...(metadata === null ? {} : { metadata }),
    },
  };
}

export interface Sealing {
  readonly licenseKey: string;
  readonly fingerprint: string;
  readonly keyId: string;
  readonly entropy: Entropy;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  /** Changes one bit of the ciphertext before it is signed. */
  readonly tampered: boolean;
}

/** Encrypts, signs and armors a payload; lines of 64 characters, LF between them, none at the end. */
export function sealMachineFile(payload: JsonObject, sealing: Sealing): string {
  const plain = utf8(canonicalJson(payload));
  const key = createHash("sha256").update(sealing.licenseKey).update(sealing.fingerprint).digest();
  // Derived from key and text when there is a seed: a nonce then repeats only together with the very same text.
  const nonce = sealing.entropy.once(`nonce\0${createHash("sha256").update(key).update(plain).digest("hex")}`, 12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  if (sealing.tampered) ciphertext.writeUInt8(ciphertext.readUInt8(0) ^ 1, 0);
  const enc = [ciphertext, nonce, cipher.getAuthTag()].map((part) => Buffer.from(part).toString("base64url")).join(".");
  const sig = base64url(sealing.sign(utf8(`machine/${enc}`)));
  const envelope = JSON.stringify({ enc, sig, alg: "aes-256-gcm+ed25519", kid: sealing.keyId });
  const lines =
    Buffer.from(envelope)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN MACHINE FILE-----", ...lines, "-----END MACHINE FILE-----"].join("\n");
}
