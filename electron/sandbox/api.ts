import type { IncomingMessage } from "node:http";
import type { JsonObject, JsonValue } from "#shared/formats/strict-json.ts";
import { instant } from "./answers.ts";
import { ApiError, badParameter } from "./api-error.ts";
import type { Scope } from "./config.ts";
import type { Conditions, Delays } from "./conditions.ts";
import { issueOfflineToken, machineFile, signingKey } from "./credential-endpoints.ts";
import { activate, deactivate, heartbeat, validate } from "./license-endpoints.ts";
import { isObject } from "./limits.ts";
import { type Fault, preventsWork } from "./misbehaviour.ts";
import { downloadToken, latestRelease, listReleases } from "./release-endpoints.ts";
import { errorReply, jsonReply, type Reply } from "./reply.ts";
import { checkLicenseKey, parseBody, type RequestBody, readBody } from "./request-body.ts";
import { type Action, type Route, routeOf } from "./routes.ts";
import type { Call, Endpoint, World } from "./world.ts";

export interface ServerParts {
  readonly world: World;
  readonly conditions: Conditions;
  readonly delays: Delays;
  readonly apiKeys: ReadonlyMap<string, readonly Scope[]>;
  readonly clock: () => Date;
  /** Makes what changed durable, where a state file is kept. */
  readonly save: () => Promise<void>;
}

const endpoints: Readonly<Record<Action, Endpoint>> = {
  health: (_world, { now }) => ({
    status: 200,
    body: { object: "health", status: "healthy", api_version: "1.0.0-rehearsal", timestamp: instant(now) },
  }),
  activate,
  validate,
  deactivate,
  heartbeat,
  "machine-file": machineFile,
  "offline-token": issueOfflineToken,
  "signing-keys": signingKey,
  releases: listReleases,
  "release-latest": latestRelease,
  "download-token": downloadToken,
};

/** Everything between a request and its reply; the fault is for the sender to act out. Never rejects. */
export async function answerApi(
  parts: ServerParts,
  request: IncomingMessage,
  url: URL,
): Promise<{ readonly reply: Reply; readonly fault: Fault | null }> {
  const route = routeOf(url.pathname);
  const headers: Record<string, string> = { "access-control-allow-origin": "*", ...exposed };
  let fault: Fault | null = null;
  try {
    if (request.method === "OPTIONS") return { reply: preflight(headers), fault };
    await parts.delays.wait(parts.conditions.nextDelayMs());
    const served = checkServed(parts, route, request.method);
    checkAccess(parts, served, request, headers);
    const raw = served.method === "POST" ? await readBody(request) : {};
    const subject = subjectOf(raw);
    fault = parts.conditions.misbehaviour.next(served.action, subject);
    if (fault?.fault === "latency") await parts.delays.wait(fault.ms);
    if (fault !== null && preventsWork(fault)) return { reply: insteadOfWork(fault, served, url, headers), fault };
    const call = callOf(parts, served, url, raw, fault);
    const answer = endpoints[served.action](parts.world, call);
    if (answer.changed === true) await saved(parts);
    if (fault?.fault === "status-after")
      return { reply: errorReply(statusError(fault), served.errors, headers), fault };
    const body = answer.status < 400 ? misnamed(answer.body, call, fault) : answer.body;
    return { reply: jsonReply(answer.status, body, headers), fault };
  } catch (error) {
    return { reply: errorReply(error, route?.errors ?? "plain", headers), fault };
  }
}

const exposed = {
  "access-control-expose-headers":
    "Retry-After, X-Licence-Sandbox, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
};

function preflight(headers: Reply["headers"]): Reply {
  return jsonReply(
    200,
    { object: "preflight" },
    {
      ...headers,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "Authorization, Content-Type, Accept",
      "access-control-max-age": "600",
    },
  );
}

function checkServed({ world }: ServerParts, route: Route | null, method: string | undefined): Route {
  if (route === null || (route.family !== null && !world.config.families.includes(route.family))) {
    // Not a licence code: clients would throw their licence away over a wrong address.
    throw new ApiError(404, "not_found", "Nothing is served at this address.");
  }
  if (method !== route.method) {
    throw new ApiError(405, "method_not_allowed", `This address takes ${route.method} only.`, {
      headers: { allow: route.method },
    });
  }
  return route;
}

/** Rate first, then the key, as a throttle in front of an application does. */
function checkAccess(
  parts: ServerParts,
  route: Route,
  request: IncomingMessage,
  headers: Record<string, string>,
): void {
  const key = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
  const scopes = key === null ? undefined : parts.apiKeys.get(key);
  const limiter = route.action === "health" ? null : parts.conditions.limiter();
  if (limiter !== null) {
    const verdict = limiter.take(scopes === undefined ? "unknown caller" : `key ${key}`, parts.clock().getTime());
    headers["x-ratelimit-limit"] = String(verdict.limit);
    headers["x-ratelimit-remaining"] = String(verdict.remaining);
    headers["x-ratelimit-reset"] = String(Math.ceil(verdict.resetAtMs / 1000));
    if (!verdict.allowed) throw rateLimited(Math.max(1, Math.ceil(verdict.waitMs / 1000)));
  }
  if (route.scope === null) return;
  const challenge = { headers: { "www-authenticate": "Bearer" } };
  if (key === null) throw new ApiError(401, "unauthorized", "An API key is needed.", challenge);
  if (scopes === undefined) throw new ApiError(401, "invalid_api_key", "The API key is not known.", challenge);
  if (!scopes.includes(route.scope)) throw new ApiError(403, "forbidden", "The API key lacks the scope for this.");
}

function callOf({ clock }: ServerParts, route: Route, url: URL, raw: JsonObject, fault: Fault | null): Call {
  const body: RequestBody = parseBody(raw);
  const inPath = checkLicenseKey(route.licenseKey);
  if (inPath !== null && body.licenseKey !== null && inPath !== body.licenseKey) {
    throw badParameter("license_key", "is not the one in the path");
  }
  const now = Math.floor(clock().getTime() / 1000);
  return { route, query: url.searchParams, body, licenseKey: inPath ?? body.licenseKey, now, fault };
}

/** For matching rules only, so taken as it comes. */
function subjectOf(raw: JsonObject): string | null {
  const value = raw["fingerprint"] ?? raw["device_id"] ?? raw["device_fingerprint"];
  return typeof value === "string" ? value : null;
}

async function saved({ save }: ServerParts): Promise<void> {
  try {
    await save();
  } catch {
    throw new ApiError(503, "temporarily_unavailable", "The sandbox could not save its state.");
  }
}

function rateLimited(seconds: number): ApiError {
  return new ApiError(429, "rate_limited", "Too many requests; try again later.", {
    details: { retry_after: seconds },
    headers: { "retry-after": String(seconds) },
  });
}

function statusError({ status, code, retry_after }: Fault): ApiError {
  const headers: Record<string, string> = retry_after === undefined ? {} : { "retry-after": String(retry_after) };
  return new ApiError(status, code, "The sandbox was told to answer so.", { headers });
}

function insteadOfWork(fault: Fault, route: Route, url: URL, headers: Reply["headers"]): Reply {
  if (fault.fault === "rate-limited") return errorReply(rateLimited(fault.retry_after ?? 1), route.errors, headers);
  if (fault.fault === "redirect") {
    const location = fault.location ?? url.pathname;
    return jsonReply(307, { object: "redirect" }, { ...headers, location });
  }
  if (fault.fault === "html") {
    const text = "<!doctype html><title>502</title><h1>Bad gateway</h1>";
    return { status: 502, headers: { ...headers, "content-type": "text/html" }, text };
  }
  return errorReply(statusError(fault), route.errors, headers);
}

/** The answer with one identity exchanged wherever it stands as a whole value. */
function misnamed(body: JsonValue, call: Call, fault: Fault | null): JsonValue {
  const exchange = {
    "wrong-fingerprint": { from: call.body.fingerprint, to: "another-device-0000" },
    "wrong-license": { from: call.licenseKey, to: "ANOTHER-LICENSE-0000" },
    "wrong-product": { from: call.route.slug, to: "another-product" },
  };
  if (fault === null || !Object.hasOwn(exchange, fault.fault)) return body;
  const { from, to } = exchange[fault.fault as keyof typeof exchange];
  const walk = (value: JsonValue): JsonValue => {
    if (value === from) return to;
    if (Array.isArray(value)) return value.map((item: JsonValue) => walk(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item)]));
  };
  return walk(body);
}
