import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { parseInstant } from "./rfc3339.ts";

/** What the three kinds of Ed25519 token say (station-token.md). Members are snake_case as they stand in the token. */

const days = z.int().min(0).max(3650);
const count = z.int().min(0).max(1_000_000_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** UTC, whole seconds, one spelling. */
const instant = z.string().refine((text) => {
  const at = parseInstant(text);
  return at !== null && new Date(at).toISOString().replace(".000Z", "Z") === text;
});
/** Shown to people: no control characters, none that turn or hide text, no blanks around it. */
const shown = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) && text.trim() === text);

/** At least 128 bits of the asker's own choosing, hex. */
const nonce = z.string().regex(/^[0-9a-f]{32,64}$/);

const licenceSchema = z
  .strictObject({
    customer_name: shown(256),
    customer_email: shown(254).nullable(),
    tier: shown(64),
    expires_at: instant,
    max_devices: count.nullable(),
    max_packages: count.nullable(),
    grace_period_days: days,
    read_only_period_days: days,
    max_offline_days: z.int().min(1).max(365),
    licence_id: shown(128).optional(),
    issued_at: instant.optional(),
    daily_quota: count.optional(),
    burst: z
      .strictObject({ count: z.int().min(1).max(1_000_000), seconds: z.int().min(1).max(86_400) })
      .nullable()
      .optional(),
    station: sha256.optional(),
  })
  .refine(({ issued_at, expires_at }) => issued_at === undefined || issued_at < expires_at);

const recoverySchema = z.strictObject({ station: sha256, event: sha256, issued_at: instant });

const contactSchema = z.strictObject({ nonce, token_sha256: sha256, at: instant });

export type LicenceClaims = Readonly<z.infer<typeof licenceSchema>>;
export type RecoveryClaims = Readonly<z.infer<typeof recoverySchema>>;
export type ContactClaims = Readonly<z.infer<typeof contactSchema>>;

/** @throws StationError LICENCE_TOKEN_CLAIMS */
export function parseLicenceClaims(claims: unknown): LicenceClaims {
  return parse(licenceSchema, claims);
}

/** @throws StationError LICENCE_TOKEN_CLAIMS */
export function parseRecoveryClaims(claims: unknown): RecoveryClaims {
  return parse(recoverySchema, claims);
}

/** @throws StationError LICENCE_TOKEN_CLAIMS */
export function parseContactClaims(claims: unknown): ContactClaims {
  return parse(contactSchema, claims);
}

/** Names the member that is wrong, and none of its value. */
function parse<T>(schema: z.ZodType<T>, claims: unknown): T {
  const result = schema.safeParse(claims);
  if (result.success) return result.data;
  const member = result.error.issues[0]?.path.join(".") ?? "";
  throw new StationError(
    "LICENCE_TOKEN_CLAIMS",
    `The token is signed, but what it says is malformed${member === "" ? "" : ` at "${member}"`}. Ask the vendor for a new one.`,
  );
}
