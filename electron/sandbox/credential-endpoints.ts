import { instant } from "./answers.ts";
import { ApiError } from "./api-error.ts";
import type { License } from "./config.ts";
import { fingerprintOf, livingLicense, requireSeat } from "./license-endpoints.ts";
import { isText } from "./limits.ts";
import { type MachineFileClaims, machineFilePayload, sealMachineFile } from "./machine-file.ts";
import type { Fault } from "./misbehaviour.ts";
import { offlineToken } from "./offline-token.ts";
import type { Seat } from "./registry.ts";
import type { Answer, Call, World } from "./world.ts";

const daySeconds = 86_400;
const defaultDays = 30;
const elsewhere = { fingerprint: "another-device-0000", license: "ANOTHER-LICENSE-0000", product: "another-product" };

/** Issues a machine file for a device that has a seat; takes none itself. A longer life than allowed is cut silently. */
export function machineFile(world: World, call: Call): Answer {
  const license = livingLicense(world, call);
  const seat = requireSeat(world, license, fingerprintOf(call));
  const { body, fault } = call;
  const { keyId, sign } = signerFor(world, fault);
  const days = Math.min(body.ttlDays ?? defaultDays, world.config.machine_file_days);
  const ttlSeconds = days * daySeconds;
  const graceSeconds = (body.graceDays ?? 0) * daySeconds;
  const issuedAt = fault?.fault === "file-expired" ? call.now - ttlSeconds - graceSeconds - daySeconds : call.now;
  const claims = misdirected(
    {
      seat,
      license,
      keyId,
      issuedAt,
      ttlSeconds,
      graceSeconds,
      sdkVersion: body.telemetry.sdkVersion,
      platform: platformOf(call, seat),
      fingerprintComponents: body.fingerprintComponents,
      includeLicense: body.includeLicense,
    },
    fault,
  );
  const certificate = sealMachineFile(machineFilePayload(claims), {
    licenseKey: claims.license.key,
    fingerprint: claims.seat.fingerprint,
    keyId,
    entropy: world.entropy,
    sign,
    tampered: fault?.fault === "file-tampered",
  });
  return {
    status: 201,
    body: {
      data: {
        type: "machine-files",
        attributes: {
          certificate,
          algorithm: "aes-256-gcm+ed25519",
          ttl: ttlSeconds,
          issued: instant(issuedAt),
          expiry: instant(issuedAt + ttlSeconds),
        },
        relationships: {
          license: { data: { type: "licenses", id: license.key } },
          machine: { data: { type: "machines", id: seat.fingerprint } },
        },
      },
    },
  };
}

/** Issues a legacy token; asked without a device, it is bound to the only active one or refused. */
export function issueOfflineToken(world: World, call: Call): Answer {
  const license = livingLicense(world, call);
  const seat =
    call.body.fingerprint === null ? onlySeat(world, license) : requireSeat(world, license, call.body.fingerprint);
  const { keyId, sign } = signerFor(world, call.fault);
  const days = Math.min(call.body.ttlDays ?? defaultDays, world.config.offline_token_days);
  const ttlSeconds = days * daySeconds;
  const claims = misdirected(
    { seat, license, issuedAt: call.fault?.fault === "file-expired" ? call.now - ttlSeconds - daySeconds : call.now },
    call.fault,
  );
  const { issuedAt } = claims;
  const { fingerprint } = claims.seat;
  return {
    status: 200,
    body: offlineToken({ license: claims.license, fingerprint, keyId, issuedAt, ttlSeconds }, sign),
  };
}

export function signingKey(world: World, call: Call): Answer {
  const key = world.keys.find(call.route.name);
  if (key === null) throw new ApiError(404, "signing_key_not_found", "No signing key has this id.");
  const shown = call.fault?.fault === "other-key" ? world.keys.impostor() : key;
  return {
    status: 200,
    body: {
      object: "signing_key",
      key_id: key.keyId,
      algorithm: "Ed25519",
      public_key: shown.publicKey,
      created_at: instant(key.createdAt),
      status: "active",
    },
  };
}

function onlySeat({ registry }: World, license: License): Seat {
  const seat = registry.onlySeat(license.key);
  if (seat === null) {
    throw new ApiError(422, "device_not_activated", "Name the device: the license has not exactly one active seat.");
  }
  return seat;
}

function platformOf({ body }: Call, seat: Seat): string | null {
  const inMetadata = seat.metadata?.["platform"];
  return isText(inMetadata, 1, 255) ? inMetadata : (body.platform ?? body.telemetry.platform);
}

function signerFor({ keys }: World, fault: Fault | null) {
  const own = keys.signing();
  const impostor = keys.impostor();
  if (fault?.fault === "other-key") return { keyId: own.keyId, sign: impostor.sign };
  return fault?.fault === "unknown-key" ? impostor : own;
}

/** The claims as they are, or as a fault wants them: made out to somebody else. */
function misdirected<T extends Pick<MachineFileClaims, "seat" | "license">>(claims: T, fault: Fault | null): T {
  const { seat, license } = claims;
  if (fault?.fault === "file-wrong-fingerprint") {
    return { ...claims, seat: { ...seat, fingerprint: elsewhere.fingerprint } };
  }
  if (fault?.fault === "file-wrong-license") return { ...claims, license: { ...license, key: elsewhere.license } };
  if (fault?.fault === "file-wrong-product") return { ...claims, license: { ...license, product: elsewhere.product } };
  if (fault?.fault === "file-wrong-activation") {
    return { ...claims, seat: { ...seat, activationId: "00000000-0000-4000-8000-000000000000" } };
  }
  return claims;
}
