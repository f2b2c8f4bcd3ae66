import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import { fromUtf8, hex } from "#shared/formats/encoding.ts";
import { parseContactClaims } from "#shared/formats/licence-claims.ts";
import { isStationToken, maxTokenBytes, openStationToken } from "#shared/formats/station-token.ts";
import { type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import type { Random } from "../platform/random.ts";
import { openContactJwt } from "./license-jwt.ts";
import type { VendorKey } from "./vendor-key.ts";
import { ed25519Keys, verifyToken } from "./verify-token.ts";

/** One POST of a JSON text below the issuer's address; follows no redirect. @throws StationError API_* */
export type AskIssuer = (
  path: string,
  body: string,
  signal?: AbortSignal,
) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

export interface FetchedLicence {
  /** A secret. */
  readonly token: string;
  readonly licence: StationLicence;
  /** When the issuer, by its own clock and under its signature, answered this very question; null when it gave no proof. */
  readonly contactAt: Date | null;
}

export interface IssuerQuestion {
  readonly ask: AskIssuer;
  readonly vendorKeys: readonly VendorKey[];
  readonly random: Random;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/** A token for an address, the same one until it nears its end. @throws StationError API_*, LICENCE_TOKEN_* */
export function registerLicence(email: string, question: IssuerQuestion): Promise<FetchedLicence> {
  return fetchLicence("/register", { email }, question);
}

/** A fresh token for the one that is held. @throws StationError API_*, LICENCE_TOKEN_* */
export function refreshLicence(token: string, question: IssuerQuestion): Promise<FetchedLicence> {
  return fetchLicence("/licence/refresh", { token }, question);
}

async function fetchLicence(path: string, members: object, question: IssuerQuestion): Promise<FetchedLicence> {
  const { ask, vendorKeys, random, now, signal } = question;
  const nonce = hex(random.bytes(32));
  const reply = await ask(path, JSON.stringify({ ...members, nonce }), signal);
  const { token, contact } = readAnswer(reply);
  const licence = await verifyToken(token, vendorKeys, now);
  return {
    token,
    licence,
    contactAt: contact === undefined ? null : await contactTime(contact, licence, nonce, vendorKeys),
  };
}

/** @throws StationError API_WRONG_IDENTITY for an answer to another question */
async function contactTime(
  contact: string,
  licence: StationLicence,
  nonce: string,
  vendorKeys: readonly VendorKey[],
): Promise<Date> {
  if (isStationToken(contact)) {
    const said = parseContactClaims(openStationToken(contact, "contact", ed25519Keys(vendorKeys)).claims);
    if (said.nonce === nonce && said.token_sha256 === licence.tokenSha256) return new Date(said.at);
  } else {
    const { claims: said } = await openContactJwt(contact, vendorKeys);
    if (said.nonce === nonce && licence.form === "jwt" && said.tid === licence.id) return new Date(said.iat * 1000);
  }
  throw new StationError(
    "API_WRONG_IDENTITY",
    "The issuer's answer is for another question; it may be an old one played again. Check the issuer's address and the network.",
  );
}

const answerSchema = z.object({
  token: z.string().min(1).max(maxTokenBytes),
  contact: z.string().min(1).max(maxTokenBytes).optional(),
});
const maxAnswerBytes = 65_536;

function readAnswer({ status, body }: Awaited<ReturnType<AskIssuer>>): z.infer<typeof answerSchema> {
  if (status < 200 || status > 299) throw refused(status);
  if (body.length > maxAnswerBytes)
    throw new StationError("API_TOO_LARGE", "The issuer's answer is too large. Check its address.");
  const answer = answerSchema.safeParse(parsed(body));
  if (answer.success) return answer.data;
  throw new StationError(
    "API_MALFORMED",
    "The issuer's answer is not one this station understands. Check its address.",
  );
}

function parsed(body: Uint8Array): JsonValue {
  try {
    return parseStrictJson(fromUtf8(body) ?? "", { maxDepth: 8, maxValues: 256 });
  } catch {
    return null;
  }
}

function refused(status: number): StationError {
  const details = { status };
  if (status >= 300 && status <= 399)
    return new StationError(
      "API_REDIRECT",
      "The issuer answered with a redirect, which is never followed. Check its address.",
      { details },
    );
  if (status === 429)
    return new StationError("API_RATE_LIMITED", "The issuer was asked too often. Wait a while, then ask again.", {
      details,
    });
  if (status >= 500)
    return new StationError("API_FAILED", "The issuer has a fault of its own. Try again later.", { details });
  if (status === 401 || status === 403)
    return new StationError(
      "API_FORBIDDEN",
      "The issuer does not accept what was sent: the token is not one of its own.",
      { details },
    );
  return new StationError(
    "API_REFUSED",
    "The issuer refused the request. Check the address given, or register again.",
    { details },
  );
}
