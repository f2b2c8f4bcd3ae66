import type { IncomingMessage } from "node:http";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import { ApiError, badParameter, missingParameter } from "./api-error.ts";
import type { Issuer } from "./issuer.ts";
import { errorReply, jsonReply, type Reply } from "./reply.ts";
import { readBody } from "./request-body.ts";

/** Addresses of the issuers; all others belong to the API. */
export function isIssuerPath(path: string): boolean {
  return path === registerPath || path === refreshPath || path === keysPath;
}

const registerPath = "/register";
const refreshPath = "/licence/refresh";
const keysPath = "/_issuer/keys";

/** Never rejects. @param now Unix seconds */
export async function answerIssuer(
  issuer: Issuer,
  request: IncomingMessage,
  path: string,
  now: number,
): Promise<Reply> {
  try {
    // A page in a browser has no business with tokens.
    if (request.headers.origin !== undefined) throw new ApiError(403, "forbidden", "Web pages are not answered.");
    const method = path === keysPath ? "GET" : "POST";
    if (request.method !== method) {
      throw new ApiError(405, "method_not_allowed", `This address takes ${method} only.`, {
        headers: { allow: method },
      });
    }
    if (path === keysPath) return jsonReply(200, { keys: issuer.keys() });
    const body = await readBody(request);
    const nonce = nonceIn(body);
    const token = path === registerPath ? issuer.register(emailIn(body), now) : refreshed(issuer, body, now);
    return jsonReply(200, nonce === null ? { token } : { token, contact: issuer.contact(token, nonce, now) });
  } catch (error) {
    return errorReply(error, "plain");
  }
}

/** A JWT comes back as it is or renewed, an Ed25519 licence always fresh. */
function refreshed(issuer: Issuer, body: JsonObject, now: number): string {
  const token = body["token"];
  if (typeof token !== "string") throw missingParameter("token");
  const holder = issuer.holder(token);
  if (holder === null) throw new ApiError(403, "forbidden", "This token was not issued here.");
  if (holder.form === "ed25519") return issuer.licence(holder.name, now);
  throw new ApiError(409, "register_again", "A registered token is renewed by registering its address again.");
}

function emailIn(body: JsonObject): string {
  const email = body["email"];
  if (email === undefined || email === null) throw missingParameter("email");
  if (typeof email !== "string" || email.length > 254 || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email)) {
    throw badParameter("email", "is not an address");
  }
  return email;
}

function nonceIn(body: JsonObject): string | null {
  const nonce = body["nonce"];
  if (nonce === undefined || nonce === null) return null;
  if (typeof nonce !== "string" || !/^[0-9a-f]{32,64}$/.test(nonce))
    throw badParameter("nonce", "must be 32 to 64 hex digits");
  return nonce;
}
