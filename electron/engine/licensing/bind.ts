import type { Activation, IssuedMachineFile, LicenseState, SigningKey, Validation } from "#shared/domain/activation.ts";
import { StationError } from "#shared/domain/errors.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import { malformed } from "./read-answer.ts";
import type {
  activationWire,
  DeviceNames,
  LicenseWire,
  machineFileWire,
  NestedActivationWire,
  offlineTokenWire,
  signingKeyWire,
  validationWire,
} from "./wire.ts";
import type { z } from "zod";

/**
 * Holds answers against what was asked: an answer about anything else is never used, however well formed it is.
 * All throw StationError API_WRONG_IDENTITY, or API_MALFORMED for an answer that contradicts itself.
 */
export interface Asked {
  readonly product: string;
  readonly licenseKey: string;
  readonly fingerprint: string;
}

export function bindActivation(answer: z.infer<typeof activationWire>, asked: Asked): Activation {
  const license = bindLicense(answer.license, asked);
  if (license.status !== "active") throw malformed();
  return { ...bindSeat(answer, asked), license };
}

/** Null for an activation that was ended. */
export function bindValidation(
  answer: z.infer<typeof validationWire>,
  asked: Asked,
): Validation & { activation: Activation | null } {
  const license = bindLicense(answer.license, asked);
  const seat = answer.activation?.deactivated_at === null ? answer.activation : null;
  const activation = seat === null ? null : { ...bindSeat(seat, asked), license };
  const code = answer.valid ? null : (answer.code?.toLowerCase() ?? null);
  const isContradiction = answer.valid ? activation === null || license.status !== "active" : code === null;
  if (isContradiction) throw malformed();
  const activationId = activation?.activationId ?? null;
  return { valid: answer.valid, code, license, activationId, deviceName: seat?.device_name || null, activation };
}

export function bindMachineFile(answer: z.infer<typeof machineFileWire>, asked: Asked): IssuedMachineFile {
  const { attributes, relationships } = answer.data;
  const { license, machine } = relationships;
  const isOurs =
    license.data.type === "licenses" &&
    license.data.id === asked.licenseKey &&
    machine.data.type === "machines" &&
    machine.data.id === asked.fingerprint;
  if (!isOurs) throw wrongIdentity();
  const { certificate, ttl, issued, expiry } = attributes;
  const lifeMs = (parseInstant(expiry) ?? 0) - (parseInstant(issued) ?? 0);
  if (Math.abs(lifeMs - ttl * 1000) > 2000) throw malformed();
  return { certificate, ttlSeconds: ttl, issuedAt: issued, expiresAt: expiry };
}

export function bindOfflineToken({ token }: z.infer<typeof offlineTokenWire>, asked: Asked): void {
  const isOurs = token.license_key === asked.licenseKey && token.product_slug === asked.product;
  if (!isOurs || !namesDevice(token, asked.fingerprint)) throw wrongIdentity();
}

export function bindSigningKey(answer: z.infer<typeof signingKeyWire>, keyId: string): SigningKey {
  if (answer.key_id !== keyId) throw wrongIdentity();
  if (answer.status.toLowerCase() !== "active") {
    throw new StationError(
      "SIGNING_KEY_UNKNOWN",
      "The licensing server no longer stands behind this signing key. Ask for a file signed with its present one.",
    );
  }
  return { keyId, publicKey: answer.public_key };
}

function bindLicense(license: LicenseWire, asked: Asked): LicenseState {
  if (license.key !== asked.licenseKey || license.product.slug !== asked.product) throw wrongIdentity();
  return {
    status: license.status,
    startsAt: license.starts_at,
    expiresAt: license.expires_at,
    mode: license.mode,
    planKey: license.plan_key,
    seatLimit: license.seat_limit ?? null,
    activeSeats: license.active_seats,
    productSlug: license.product.slug,
    productName: license.product.name,
  };
}

function bindSeat(seat: NestedActivationWire, asked: Asked) {
  const isOurs = seat.license_key === asked.licenseKey && namesDevice(seat, asked.fingerprint);
  if (!isOurs || seat.deactivated_at !== null) throw wrongIdentity();
  return { activationId: seat.id, fingerprint: asked.fingerprint, activatedAt: seat.activated_at };
}

/** One or more of the three names a device goes by, all saying the same. */
function namesDevice(names: DeviceNames, fingerprint: string): boolean {
  const given = [names.device_id, names.fingerprint, names.device_fingerprint].filter((name) => name !== undefined);
  return given.length > 0 && given.every((name) => name === fingerprint);
}

function wrongIdentity(): StationError {
  return new StationError(
    "API_WRONG_IDENTITY",
    "The licensing server answered about another device, licence or product than was asked. Its answer was not used.",
  );
}
