import { base64 } from "#shared/formats/encoding.ts";
import type { Checkpoint } from "#shared/formats/checkpoint.ts";
import { openEnvelope, signEnvelope } from "#shared/formats/dsse.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import {
  formatStatement,
  parseStatement,
  type CarriedToken,
  type ProvisionedDevice,
  type ProvisioningStatement,
  statementPayloadType,
} from "#shared/formats/statement.ts";
import type { ReadBack } from "../platform/files.ts";
import type { WrittenFile } from "./device-files.ts";
import { underAny } from "./key-succession.ts";
import type { DeliveryPlan, PlannedDevice, PlannedToken } from "./plan.ts";
import type { StationKeys } from "./trusted-keys.ts";

export interface ManifestFacts {
  readonly plan: DeliveryPlan;
  /** The plan's checkpoint, verified. */
  readonly head: Checkpoint;
  /** Every file of the folder that exists before the manifest does. */
  readonly written: Iterable<WrittenFile>;
  /** How the devices' files were read back. */
  readonly readBack: ReadBack;
  readonly at: Date;
  readonly keys: StationKeys;
  /** Raw Ed25519 over the bytes given, by the manifest key. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export interface Manifest {
  /** Of manifest.dsse.json. */
  readonly bytes: Uint8Array;
  readonly statement: ProvisioningStatement;
}

export function makeManifest(facts: ManifestFacts): Manifest {
  const { keys, sign } = facts;
  const statement = statementOf(facts);
  const keyId = publicKeyFingerprint(keys.manifest);
  return { bytes: signEnvelope(statementPayloadType, formatStatement(statement), keyId, sign), statement };
}

/** @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE, VERIFY_MANIFEST */
export function openManifest(
  bytes: Uint8Array,
  keys: Pick<StationKeys, "manifest" | "retired">,
): ProvisioningStatement {
  return underAny(keys.manifest, keys.retired?.manifest ?? [], {
    open: (publicKey) => {
      const keyId = publicKeyFingerprint(publicKey);
      return parseStatement(openEnvelope(bytes, { payloadType: statementPayloadType, keyId, publicKey }));
    },
    sizeOf: ({ predicate }) => predicate.ledger.size,
  });
}

function statementOf({ plan, head, written, readBack, at }: ManifestFacts): ProvisioningStatement {
  const { stick } = plan;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [...written]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: "https://licence-station.invalid/provisioning/v1",
    predicate: {
      batch: plan.batch,
      created_at: at.toISOString(),
      station: plan.station,
      operator: plan.operator,
      work_order: plan.workOrder,
      // The folder that stands in for a stick is a path of the station's machine and nobody else's business.
      stick: {
        volume_uuid: stick.volumeUuid,
        usb_serial: stick.usbSerial,
        size_bytes: stick.sizeBytes,
        file_system: stick.fileSystem,
      },
      product: plan.product,
      licenses: plan.licenses.map(({ last4, sha256 }) => ({ last4, sha256 })),
      policy: { ttl_days: plan.policy.ttlDays, grace_days: plan.policy.graceDays },
      read_back: readBack,
      ledger: { origin: head.origin, size: head.size, root: base64(head.rootHash) },
      devices: plan.devices.map(deviceOf),
      ...(plan.carried === undefined ? {} : { carried: plan.carried.map(tokenOf) }),
    },
  };
}

function deviceOf(device: PlannedDevice): ProvisionedDevice {
  return {
    fingerprint_sha256: device.fingerprintSha256,
    device_name: device.deviceName,
    serial: device.serial,
    asset_tag: device.assetTag,
    activation_id: device.activationId,
    issued_at: device.issuedAt,
    expires_at: device.expiresAt,
    key_id: device.keyId,
    ledger_index: device.ledgerIndex,
    file: device.file,
    receipt: device.receipt,
    request: { path: device.request.path, sha256: device.request.sha256 },
  };
}

function tokenOf(token: PlannedToken): CarriedToken {
  return {
    kind: token.kind,
    target: token.target,
    token_id: token.tokenId,
    vendor_key_sha256: token.vendorKeySha256,
    expires_at: token.expiresAt,
    ledger_index: token.ledgerIndex,
    file: token.file,
    receipt: token.receipt,
  };
}
