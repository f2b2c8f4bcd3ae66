import { compactVerify, errors } from "jose";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { fromBase64url, fromUtf8 } from "#shared/formats/encoding.ts";
import { keyUnknown, malformed, maxTokenBytes, signatureWrong, tooLarge } from "#shared/formats/station-token.ts";
import { type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import type { VendorKey } from "./vendor-key.ts";

/** RS256 JSON Web Tokens as license-jwt.md lays them down; jose does the signature, everything around it is checked here. */

const shown = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) && text.trim() === text);
/** NumericDate in whole seconds, up to the year 9999. */
const seconds = z.int().min(0).max(253_402_300_799);
const tokenId = z.string().regex(/^[0-9a-f]{64}$/);

const licenceSchema = z
  .strictObject({
    sub: shown,
    iat: seconds,
    exp: seconds,
    /** Runs per UTC day. */
    tier: z.int().min(0).max(1_000_000_000),
    tid: tokenId,
    pkg: shown,
    /** Ours, optional: as in station-token.md. */
    max_offline_days: z.int().min(1).max(365).optional(),
  })
  .refine(({ iat, exp }) => exp > iat);

const contactSchema = z.strictObject({ iat: seconds, tid: tokenId, nonce: z.string().regex(/^[0-9a-f]{32,64}$/) });

export type JwtClaims = Readonly<z.infer<typeof licenceSchema>>;
export type JwtContactClaims = Readonly<z.infer<typeof contactSchema>>;

/** Expiry and `iat` are not judged here. @throws StationError LICENCE_TOKEN_* */
export async function openLicenseJwt(
  token: string,
  keys: readonly VendorKey[],
): Promise<{ readonly claims: JwtClaims; readonly keySha256: string }> {
  return open(token, [undefined, "JWT"], licenceSchema, keys);
}

/** An issuer's answer to a nonce; its header's `typ` keeps it from being taken for a licence. @throws StationError LICENCE_TOKEN_* */
export async function openContactJwt(
  token: string,
  keys: readonly VendorKey[],
): Promise<{ readonly claims: JwtContactClaims; readonly keySha256: string }> {
  return open(token, [contactType], contactSchema, keys);
}

const contactType = "licence-contact+jwt";

async function open<T>(
  token: string,
  types: readonly (string | undefined)[],
  schema: z.ZodType<T>,
  keys: readonly VendorKey[],
): Promise<{ readonly claims: T; readonly keySha256: string }> {
  if (token.length > maxTokenBytes) throw tooLarge();
  const [, header = "", payload = ""] = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/.exec(token) ?? [];
  if (token.split(".").some((part) => fromBase64url(part) === null)) throw malformed();
  const { typ, kid } = readHeader(header);
  if (!types.includes(typ)) {
    throw new StationError(
      "LICENCE_TOKEN_PURPOSE",
      "This JSON Web Token was made for something else. Check which file was given.",
    );
  }
  const candidates = candidateKeys(keys, kid);
  if (candidates.length === 0) throw keyUnknown();
  for (const { key, sha256 } of candidates) {
    if (!(await isSignedBy(token, key))) continue;
    return { claims: readClaims(schema, payload), keySha256: sha256 };
  }
  throw signatureWrong();
}

const headerSchema = z.strictObject({
  alg: z.string(),
  typ: z.string().optional(),
  kid: z.string().max(256).optional(),
});

/** Any other member would be one that asks for something we do not do (`crit`, `b64`) or brings its own key (`jwk`, `jku`, `x5u`). */
function readHeader(encoded: string): z.infer<typeof headerSchema> {
  const json = readJson(encoded);
  if (json === null) throw malformed();
  if (typeof json === "object" && "alg" in json && json["alg"] !== "RS256") {
    throw new StationError(
      "LICENCE_TOKEN_ALGORITHM",
      "The token is not signed with RS256, the only algorithm accepted for it. Do not use it.",
    );
  }
  const header = headerSchema.safeParse(json);
  if (!header.success) throw malformed();
  return header.data;
}

/** `kid` is a hint: where it is one of our fingerprints only that key is tried. */
function candidateKeys(keys: readonly VendorKey[], kid: string | undefined): readonly VendorKey[] {
  const rsa = keys.filter(({ kind }) => kind === "rsa");
  if (kid === undefined || !/^[0-9a-f]{64}$/.test(kid)) return rsa;
  return rsa.filter(({ sha256 }) => sha256 === kid);
}

async function isSignedBy(token: string, key: VendorKey["key"]): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: ["RS256"] });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw malformed();
  }
}

function readClaims<T>(schema: z.ZodType<T>, encoded: string): T {
  const claims = schema.safeParse(readJson(encoded));
  if (claims.success) return claims.data;
  const member = claims.error.issues[0]?.path.join(".") ?? "";
  throw new StationError(
    "LICENCE_TOKEN_CLAIMS",
    `The token is signed, but what it says is malformed${member === "" ? "" : ` at "${member}"`}. Ask the vendor for a new one.`,
  );
}

/** JSON without duplicate members; null for anything else. */
function readJson(encoded: string): JsonValue {
  const text = fromUtf8(fromBase64url(encoded) ?? new Uint8Array(0));
  if (text === null) return null;
  try {
    return parseStrictJson(text, { maxDepth: 4, maxValues: 64 });
  } catch {
    return null;
  }
}
