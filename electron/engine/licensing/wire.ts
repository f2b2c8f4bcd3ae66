import { z } from "zod";
import { isEntitlementKey, isKeyId, isText, licenseModes } from "#shared/domain/identifiers.ts";
import { fromBase64 } from "#shared/formats/encoding.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";

/**
 * What the server's answers must look like (LICENSESEAT sections 4, 5 and 7). Members not named here are let pass and
 * dropped; who an answer is about is checked in bind.ts.
 */
const text = (min: number, max: number) => z.string().refine((value) => isText(value, min, max));

/** To UTC, with a fraction only where there was one. */
const instant = z.string().transform((value, context) => {
  const milliseconds = parseInstant(value);
  if (milliseconds !== null) return new Date(milliseconds).toISOString().replace(".000Z", "Z");
  context.issues.push({ code: "custom", input: value, message: "not RFC 3339" });
  return z.NEVER;
});
const optionalInstant = instant.nullish().transform((value) => value ?? null);
const object = z.record(z.string(), z.unknown());

const licenseWire = z.object({
  object: z.literal("license"),
  key: text(1, 512),
  status: z.enum(["pending", "active", "suspended", "revoked", "expired"]),
  starts_at: optionalInstant,
  expires_at: optionalInstant,
  mode: z.enum(licenseModes),
  plan_key: text(1, 100),
  seat_limit: z.int().min(1).nullish(),
  active_seats: z.int().min(0),
  active_entitlements: z.array(z.object({ key: z.string().refine(isEntitlementKey) })).max(500),
  metadata: object.nullish(),
  product: z.object({ slug: z.string(), name: text(1, 255) }),
});

/** A number is taken for its digits: one SDK reads both, and a server that sends numbers means the same id. */
const id = z.union([text(1, 255), z.int().min(0).transform(String)]);

const device = {
  device_id: z.string().optional(),
  fingerprint: z.string().optional(),
  device_fingerprint: z.string().optional(),
};

const nestedActivationWire = z.object({
  ...device,
  object: z.literal("activation").optional(),
  id,
  license_key: text(1, 512),
  // Told to auditors and used for nothing else: a name that is no text is no name.
  device_name: z.string().max(255).nullish().catch(null),
  activated_at: instant,
  deactivated_at: optionalInstant,
});

export const activationWire = nestedActivationWire.extend({ object: z.literal("activation"), license: licenseWire });

export const validationWire = z.object({
  object: z.literal("validation_result"),
  valid: z.boolean(),
  code: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
    .nullish(),
  license: licenseWire,
  activation: nestedActivationWire.nullish(),
});

export const deactivationWire = z.object({
  object: z.literal("deactivation"),
  activation_id: id,
  deactivated_at: instant,
});

const relationship = z.object({ data: z.object({ type: z.string(), id: z.string() }) });

export const machineFileWire = z.object({
  data: z.object({
    type: z.literal("machine-files"),
    attributes: z.object({
      certificate: z.string().min(1).max(1_048_576),
      algorithm: z.literal("aes-256-gcm+ed25519"),
      ttl: z
        .int()
        .min(1)
        .max(36_600 * 86_400),
      issued: instant,
      expiry: instant,
    }),
    relationships: z.object({ license: relationship, machine: relationship }),
  }),
});

/** Only what an offline token must be bound by; its signature and shape are judged elsewhere, from the very bytes. */
export const offlineTokenWire = z.object({
  object: z.literal("offline_token"),
  token: z.object({ ...device, license_key: z.string(), product_slug: z.string() }),
  signature: z.object({}),
  canonical: z.string(),
});

export const signingKeyWire = z.object({
  object: z.literal("signing_key"),
  key_id: z.string().refine(isKeyId),
  algorithm: z.literal("Ed25519"),
  status: text(1, 100),
  public_key: z.string().transform((value, context) => {
    const bytes = fromBase64(value);
    if (bytes?.length === 32) return bytes;
    context.issues.push({ code: "custom", input: value, message: "not 32 bytes" });
    return z.NEVER;
  }),
});

export const healthWire = z.object({
  object: z.literal("health"),
  status: text(1, 100),
  api_version: text(1, 100),
  timestamp: instant,
});

export type LicenseWire = z.infer<typeof licenseWire>;
export type NestedActivationWire = z.infer<typeof nestedActivationWire>;
export type DeviceNames = Readonly<{ [name in keyof typeof device]?: string | undefined }>;
