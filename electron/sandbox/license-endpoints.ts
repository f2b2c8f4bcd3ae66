import type { JsonObject } from "#shared/formats/strict-json.ts";
import { activationObject, instant, licenseObject } from "./answers.ts";
import { ApiError, badParameter, missingParameter } from "./api-error.ts";
import type { License } from "./config.ts";
import { uuidOf } from "./entropy.ts";
import { activeEntitlements, lifeOf } from "./life-cycle.ts";
import { isText } from "./limits.ts";
import type { Seat } from "./registry.ts";
import { isBelowCeiling } from "./version-ceiling.ts";
import type { Answer, Call, World } from "./world.ts";

/** Takes a seat, or gives back the one that the device has: 201 or 200 with the same activation. */
export function activate(world: World, call: Call): Answer {
  const license = livingLicense(world, call);
  const fingerprint = fingerprintOf(call);
  const known = world.registry.seat(license.key, fingerprint);
  const taken = known === null || known.deactivatedAt !== null;
  const seat = taken ? takeSeat(world, call, license, known) : known;
  const body = { ...activationObject(seat), license: licenseObject(world, license, call.now) };
  return { status: taken ? 201 : 200, body, changed: taken };
}

function takeSeat(world: World, call: Call, license: License, former: Seat | null): Seat {
  const { registry, entropy } = world;
  const fingerprint = fingerprintOf(call);
  if (former === null && !isText(fingerprint, 8, 255)) throw badParameter("fingerprint", "must be 8 to 255 bytes");
  const active = registry.activeSeats(license.key);
  if ((license.seat_limit !== null && active >= license.seat_limit) || call.fault?.fault === "seats-exhausted") {
    throw new ApiError(422, "seat_limit_exceeded", "The license has no free seat.", {
      details: { seat_limit: license.seat_limit, active_seats: active },
    });
  }
  const turn = former === null ? 0 : former.turn + 1;
  const { deviceName, metadata } = call.body;
  const nameInMetadata = metadata?.["device_name"];
  const seat: Seat = {
    activationId: uuidOf(entropy.once(`activation\0${license.key}\0${fingerprint}\0${turn}`, 16)),
    licenseKey: license.key,
    fingerprint,
    deviceName: deviceName ?? (isText(nameInMetadata, 1, 255) ? nameInMetadata : null),
    metadata,
    activatedAt: call.now,
    deactivatedAt: null,
    turn,
  };
  registry.put(seat);
  return seat;
}

/** Says whether a device may go on; dead licences are told with their real status, never refused. */
export function validate(world: World, call: Call): Answer {
  const license = knownLicense(world, call);
  const { fingerprint, telemetry } = call.body;
  const seat = fingerprint === null ? null : activeSeat(world, license, fingerprint);
  const common = {
    object: "validation_result",
    license: licenseObject(world, license, call.now),
    ...(seat === null ? {} : { activation: activationObject(seat) }),
  };
  const problem =
    lifeOf(license, call.now).dead ??
    (seat === null ? { code: "device_not_activated", message: "The device has no seat on this license." } : null) ??
    versionProblem(license, telemetry.appVersion, call.now);
  const body: JsonObject =
    problem === null
      ? { ...common, valid: true, ...expiryWarning(license, call.now) }
      : { ...common, valid: false, code: problem.code, message: problem.message };
  return { status: 200, body };
}

function versionProblem(license: License, version: string | null, now: number) {
  const ceiling = activeEntitlements(license, now).find(({ key }) => key === "updates")?.below_version;
  if (version === null || ceiling === undefined || isBelowCeiling(version, ceiling)) return null;
  return { code: "version_not_entitled", message: "The license does not cover this version." };
}

function expiryWarning({ expires_at }: License, now: number): JsonObject {
  if (expires_at === null || expires_at - now > 30 * 86_400) return {};
  return { warnings: [{ code: "license_expiring_soon", message: `The license ends at ${instant(expires_at)}.` }] };
}

/** Gives the seat back. Works under a dead licence too: it can only free. */
export function deactivate(world: World, call: Call): Answer {
  const license = knownLicense(world, call);
  const seat = world.registry.seat(license.key, fingerprintOf(call));
  if (seat === null) throw new ApiError(404, "activation_not_found", "The device was never activated.");
  if (seat.deactivatedAt !== null) {
    throw new ApiError(422, "already_deactivated", "The device has given its seat back before.");
  }
  world.registry.put({ ...seat, deactivatedAt: call.now });
  return {
    status: 200,
    body: { object: "deactivation", activation_id: seat.activationId, deactivated_at: instant(call.now) },
    changed: true,
  };
}

export function heartbeat(world: World, call: Call): Answer {
  const license = livingLicense(world, call);
  requireSeat(world, license, fingerprintOf(call));
  return {
    status: 200,
    body: {
      object: "heartbeat",
      received_at: instant(call.now),
      license: licenseObject(world, license, call.now),
    },
  };
}

/** @throws ApiError product_not_found, parameter_missing, license_not_found, product_mismatch */
function knownLicense({ registry }: World, { route, licenseKey }: Call): License {
  if (registry.product(route.slug) === null) {
    throw new ApiError(404, "product_not_found", "No product has this slug.");
  }
  if (licenseKey === null) throw missingParameter("license_key");
  const license = registry.license(licenseKey);
  if (license === null) throw new ApiError(404, "license_not_found", "No license has this key.");
  if (license.product !== route.slug) {
    throw new ApiError(422, "product_mismatch", "The license belongs to another product.");
  }
  return license;
}

/** @throws ApiError 422 with the reason why the licence grants nothing now */
export function livingLicense(world: World, call: Call): License {
  const license = knownLicense(world, call);
  const { dead } = lifeOf(license, call.now);
  if (dead !== null) throw new ApiError(422, dead.code, dead.message);
  return license;
}

export function fingerprintOf({ body }: Call): string {
  if (body.fingerprint === null) throw missingParameter("fingerprint");
  return body.fingerprint;
}

/** @throws ApiError device_not_activated */
export function requireSeat(world: World, license: License, fingerprint: string): Seat {
  const seat = activeSeat(world, license, fingerprint);
  if (seat === null) {
    throw new ApiError(422, "device_not_activated", "The device has no seat on this license.");
  }
  return seat;
}

function activeSeat({ registry }: World, license: License, fingerprint: string): Seat | null {
  const seat = registry.seat(license.key, fingerprint);
  return seat === null || seat.deactivatedAt !== null ? null : seat;
}
