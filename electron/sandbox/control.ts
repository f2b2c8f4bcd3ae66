import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import { instant, instantOrNull } from "./answers.ts";
import { ApiError } from "./api-error.ts";
import type { ServerParts } from "./api.ts";
import { licenseStatus, nullableInstant, seatLimit } from "./config.ts";
import { parseRules } from "./misbehaviour.ts";
import type { Seat } from "./registry.ts";
import { errorReply, jsonReply, type Reply } from "./reply.ts";
import { readBody } from "./request-body.ts";

const weather = z.strictObject({
  latency_ms: z.int().min(0).max(600_000).exactOptional(),
  jitter_ms: z.int().min(0).max(600_000).exactOptional(),
  rate_limit_per_minute: z.int().min(1).max(1_000_000_000).nullable().exactOptional(),
  rules: z.array(z.unknown()).exactOptional(),
});
const licenseChange = z.strictObject({
  license_key: z.string(),
  status: licenseStatus.exactOptional(),
  seat_limit: seatLimit.exactOptional(),
  starts_at: nullableInstant.exactOptional(),
  expires_at: nullableInstant.exactOptional(),
});
const rotation = z.strictObject({ withdraw_old: z.boolean().default(false) });
const nothing = z.strictObject({});

export const controlPrefix = "/_control";

/** The rehearsal's own strings, never part of the API that is rehearsed. Never rejects. */
export async function answerControl(parts: ServerParts, request: IncomingMessage, path: string): Promise<Reply> {
  try {
    refuseWebPages(request);
    const method = request.method ?? "";
    if (path === `${controlPrefix}/activations`) {
      if (method !== "GET") throw wrongMethod("GET");
      return jsonReply(200, activationList(parts.world.registry.activations()));
    }
    const command = commands.get(path.slice(controlPrefix.length + 1));
    if (command === undefined) throw new ApiError(404, "not_found", "There is no such control.");
    if (method !== "POST") throw wrongMethod("POST");
    const answer = command(parts, await readBody(request));
    await parts.save();
    return jsonReply(200, answer);
  } catch (error) {
    const refusal = error instanceof StationError ? new ApiError(400, "invalid_parameter", error.message) : error;
    return errorReply(refusal, "plain");
  }
}

/** The shape that FORMATS section 6 fixes for checks. */
export function activationList(seats: readonly Seat[]) {
  return seats.map(({ licenseKey, fingerprint, activationId, activatedAt }) => ({
    license_key: licenseKey,
    fingerprint,
    activation_id: activationId,
    activated_at: instant(activatedAt),
  }));
}

type Command = (parts: ServerParts, body: JsonObject) => object;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["misbehave", misbehave],
  ["licenses", changeLicense],
  ["rotate-key", rotateKey],
  ["reset", reset],
]);

function misbehave({ conditions }: ServerParts, body: JsonObject) {
  const { latency_ms, jitter_ms, rate_limit_per_minute, rules } = parsed(weather, body);
  const settings = conditions.change({
    ...(latency_ms === undefined ? {} : { latencyMs: latency_ms }),
    ...(jitter_ms === undefined ? {} : { jitterMs: jitter_ms }),
    ...(rate_limit_per_minute === undefined ? {} : { rateLimitPerMinute: rate_limit_per_minute }),
    ...(rules === undefined ? {} : { rules: parseRules(rules) }),
  });
  return {
    latency_ms: settings.latencyMs,
    jitter_ms: settings.jitterMs,
    rate_limit_per_minute: settings.rateLimitPerMinute,
    rules: settings.rules.length,
  };
}

function changeLicense({ world }: ServerParts, body: JsonObject) {
  const { license_key, ...change } = parsed(licenseChange, body);
  if (world.registry.license(license_key) === null) {
    throw new ApiError(404, "license_not_found", "No license has this key.");
  }
  world.registry.change(license_key, change);
  const license = world.registry.license(license_key);
  return {
    license_key,
    status: license?.status,
    seat_limit: license?.seat_limit,
    active_seats: world.registry.activeSeats(license_key),
    starts_at: instantOrNull(license?.starts_at ?? null),
    expires_at: instantOrNull(license?.expires_at ?? null),
  };
}

function rotateKey({ world, clock }: ServerParts, body: JsonObject) {
  const { withdraw_old } = parsed(rotation, body);
  const { keyId, publicKey } = world.keys.rotate(Math.floor(clock().getTime() / 1000), withdraw_old);
  return { key_id: keyId, public_key: publicKey };
}

function reset({ world, conditions }: ServerParts, body: JsonObject) {
  parsed(nothing, body);
  world.registry.reset();
  world.keys.reset();
  conditions.reset();
  return { reset: true };
}

function parsed<T>(schema: z.ZodType<T>, body: JsonObject): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ApiError(400, "invalid_parameter", `Wrong at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}.`);
}

/** Control asks for no key, so what a browser could be tricked into sending must not reach it. */
function refuseWebPages({ headers }: IncomingMessage): void {
  const host = (headers.host ?? "").replace(/:[0-9]+$/, "");
  if (headers.origin !== undefined || !["127.0.0.1", "localhost", "[::1]"].includes(host)) {
    throw new ApiError(403, "forbidden", "Control is not for web pages.");
  }
}

function wrongMethod(allow: string): ApiError {
  return new ApiError(405, "method_not_allowed", `This control takes ${allow} only.`, { headers: { allow } });
}
