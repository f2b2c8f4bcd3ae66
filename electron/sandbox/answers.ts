import type { JsonObject, JsonValue } from "#shared/formats/strict-json.ts";
import type { License } from "./config.ts";
import { activeEntitlements, lifeOf } from "./life-cycle.ts";
import type { Seat } from "./registry.ts";
import type { World } from "./world.ts";

/** Unix seconds as RFC 3339 in whole seconds with Z: the one form every client reads. */
export function instant(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function instantOrNull(seconds: number | null): string | null {
  return seconds === null ? null : instant(seconds);
}

export function licenseObject(world: World, license: License, now: number): JsonObject {
  const { key, mode, plan_key, seat_limit, starts_at, expires_at, metadata } = license;
  return {
    object: "license",
    key,
    status: lifeOf(license, now).status,
    starts_at: instantOrNull(starts_at),
    expires_at: instantOrNull(expires_at),
    mode,
    plan_key,
    seat_limit,
    active_seats: world.registry.activeSeats(key),
    active_entitlements: activeEntitlements(license, now).map(entitlementItem),
    metadata,
    product: { slug: license.product, name: world.registry.product(license.product)?.name ?? license.product },
  };
}

function entitlementItem({ key, expires_at, below_version, metadata }: License["entitlements"][number]): JsonObject {
  return {
    key,
    expires_at: instantOrNull(expires_at),
    ...(below_version === undefined ? {} : { below_version }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** The device stands under `device_id` alone: one client refuses two names for it, others know no other. */
export function activationObject(seat: Seat): { readonly [name: string]: JsonValue } {
  return {
    object: "activation",
    id: seat.activationId,
    device_id: seat.fingerprint,
    device_name: seat.deviceName,
    license_key: seat.licenseKey,
    activated_at: instant(seat.activatedAt),
    deactivated_at: instantOrNull(seat.deactivatedAt),
    ip_address: "127.0.0.1",
    metadata: seat.metadata,
  };
}
