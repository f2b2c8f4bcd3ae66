import { StationError } from "#shared/domain/errors.ts";
import type { StickIdentity } from "#shared/domain/drive.ts";
import type { Policy } from "#shared/domain/policy.ts";
import { deliveryNames } from "./file-names.ts";
import { certificateSuffix, deliveryPaths, provisioningName, receiptSuffix } from "./layout.ts";
import { carriedReadmeText, readmeText } from "./readme-text.ts";
import { needForSizes, type SpaceNeed } from "./space.ts";

/** One device whose machine file is issued, verified and logged. Times are RFC 3339. */
export interface DeliveryDevice {
  readonly fingerprintSha256: string;
  readonly deviceName: string | null;
  readonly serial: string | null;
  readonly assetTag: string | null;
  readonly activationId: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** The licensing server's key that signed the machine file. */
  readonly keyId: string;
  /** Of the device's `machine-file.issued` entry. */
  readonly ledgerIndex: number;
  /** Lower-case hex, of the certificate exactly as it goes to the stick. */
  readonly fileSha256: string;
  readonly sizeBytes: number;
  readonly request: { readonly path: string; readonly sha256: string };
}

export interface PlannedDevice extends DeliveryDevice {
  /** Name of the machine file in the batch's folder. */
  readonly file: string;
  /** Name of its ledger receipt. */
  readonly receipt: string;
}

/** A licence for another product, verified and logged (authority/CARRY.md). Its names are settled by the caller. */
export interface PlannedToken {
  readonly kind: "sentari" | "stella";
  readonly target: string | null;
  readonly tokenId: string;
  readonly vendorKeySha256: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  /** Of its `licence-token.carried` entry. */
  readonly ledgerIndex: number;
  readonly fileSha256: string;
  readonly sizeBytes: number;
  readonly file: string;
  readonly receipt: string;
}

export type PlannedFile = PlannedDevice | PlannedToken;

export interface DeliveryInput {
  readonly batch: string;
  readonly station: string;
  /** Of the station's ledger. */
  readonly origin: string;
  readonly operator: string | null;
  readonly workOrder: string | null;
  readonly stick: StickIdentity;
  readonly product: string;
  readonly licenses: readonly { readonly last4: string; readonly sha256: string }[];
  readonly policy: Policy;
  readonly devices: readonly DeliveryDevice[];
  /** The signed checkpoint that every receipt of this delivery proves into. */
  readonly checkpoint: string;
}

export interface DeliveryPlan extends Omit<DeliveryInput, "devices"> {
  /** Relative to the stick's root. */
  readonly folder: string;
  /** By file name. */
  readonly devices: readonly PlannedDevice[];
  /** Then there is no device. */
  readonly carried?: readonly PlannedToken[];
  readonly readme: string;
  readonly need: SpaceNeed;
}

/**
 * Decides everything about a delivery before the first byte is written.
 * @throws StationError INTERNAL for no device, or one device twice
 */
export function planDelivery(input: DeliveryInput): DeliveryPlan {
  if (input.devices.length === 0) throw new StationError("INTERNAL", "A delivery without a device was planned.");
  if (new Set(input.devices.map((device) => device.fingerprintSha256)).size !== input.devices.length) {
    throw new StationError("INTERNAL", "A delivery was planned that holds one device twice.");
  }
  deliveryPaths("", input.batch);
  const names = deliveryNames(input.devices);
  const devices = input.devices
    .map((device, index) => ({
      ...device,
      file: `${names[index]}${certificateSuffix}`,
      receipt: `${names[index]}${receiptSuffix}`,
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  const bytes = devices.reduce((sum, device) => sum + device.sizeBytes, 0);
  return {
    ...input,
    folder: `${provisioningName}/${input.batch}`,
    devices,
    readme: readmeText(input),
    need: needForSizes(devices.length, bytes),
  };
}

/** A delivery of one licence for another product. */
export function planCarry(input: Omit<DeliveryInput, "devices">, token: PlannedToken): DeliveryPlan {
  deliveryPaths("", input.batch);
  return {
    ...input,
    folder: `${provisioningName}/${input.batch}`,
    devices: [],
    carried: [token],
    readme: carriedReadmeText(input, token),
    need: needForSizes(1, token.sizeBytes),
  };
}

/** Everything that is written with a receipt of its own. */
export function plannedFiles({ devices, carried = [] }: DeliveryPlan): readonly PlannedFile[] {
  return [...devices, ...carried];
}
