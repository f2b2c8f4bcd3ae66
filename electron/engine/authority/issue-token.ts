import { utf8, base64url } from "#shared/formats/encoding.ts";
import type { LicenceClaims, RecoveryClaims } from "#shared/formats/licence-claims.ts";
import { signStationToken } from "#shared/formats/station-token.ts";
import type { JwtClaims } from "./license-jwt.ts";
import { parseVendorKey, rawKey } from "./vendor-key.ts";
import { verifyRecoveryToken, verifyToken } from "./verify-token.ts";

/** What issuing takes of a private key: keys/issuer-key.ts opens one. */
export interface TokenSigner {
  readonly publicPem: string;
  sign(message: Uint8Array): Uint8Array;
}

/** Each is verified as a station will before it is given out. @throws StationError LICENCE_TOKEN_CLAIMS, VENDOR_KEY_INVALID */
export async function issueStationLicence(claims: LicenceClaims, signer: TokenSigner): Promise<string> {
  const key = parseVendorKey(utf8(signer.publicPem), false);
  const token = signStationToken("licence", claims, {
    publicKey: rawKey(key),
    sign: (message) => signer.sign(message),
  });
  await verifyToken(token, [key]);
  return token;
}

/** @throws StationError LICENCE_TOKEN_CLAIMS, VENDOR_KEY_INVALID */
export function issueRecovery(claims: RecoveryClaims, signer: TokenSigner): string {
  const key = parseVendorKey(utf8(signer.publicPem), false);
  const token = signStationToken("recovery", claims, {
    publicKey: rawKey(key),
    sign: (message) => signer.sign(message),
  });
  verifyRecoveryToken(token, [key]);
  return token;
}

/** @throws StationError LICENCE_TOKEN_CLAIMS, VENDOR_KEY_INVALID */
export async function issueLicenseJwt(claims: JwtClaims, signer: TokenSigner): Promise<string> {
  const key = parseVendorKey(utf8(signer.publicPem), false);
  const header = { alg: "RS256", kid: key.sha256, typ: "JWT" };
  const signed = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  const token = `${signed}.${base64url(signer.sign(utf8(signed)))}`;
  await verifyToken(token, [key]);
  return token;
}
