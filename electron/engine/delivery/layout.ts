import { StationError } from "#shared/domain/errors.ts";

/** Where things lie on a stick (DELIVERY.md, "Layout"). Paths given out are absolute unless they say otherwise. */

export const provisioningName = "PROVISIONING";
export const indexName = "index.json";
/** The next index, complete, written before the commit and renamed after it. */
export const pendingIndexName = ".index.json.partial";

export const manifestName = "manifest.dsse.json";
export const sumsName = "SHA256SUMS";
export const signatureName = "SHA256SUMS.minisig";
export const readmeName = "README.txt";
export const minisignPublicName = "minisign.pub";
export const ledgerKeyName = "ledger.vkey";

export const certificateSuffix = ".lic";
export const receiptSuffix = ".tlog-proof";

const batchPattern = /^[0-9A-Za-z-]{8,64}$/;
const partialPattern = /^\.[0-9A-Za-z-]{8,64}\.partial$/;

export function isBatchName(name: string): boolean {
  return batchPattern.test(name);
}

/** What an interrupted delivery may leave behind and the next one may delete. */
export function isLeftOver(name: string): boolean {
  return name === pendingIndexName || partialPattern.test(name);
}

export interface DeliveryPaths {
  readonly provisioning: string;
  readonly folder: string;
  readonly partial: string;
  readonly index: string;
  readonly pendingIndex: string;
}

/** @throws StationError INTERNAL when `batch` is not a batch id, so that no other name ever becomes a path. */
export function deliveryPaths(root: string, batch: string): DeliveryPaths {
  if (!isBatchName(batch)) throw new StationError("INTERNAL", "A batch id is not of the form that names a folder.");
  const provisioning = provisioningPath(root);
  return {
    provisioning,
    folder: `${provisioning}/${batch}`,
    partial: `${provisioning}/.${batch}.partial`,
    index: `${provisioning}/${indexName}`,
    pendingIndex: `${provisioning}/${pendingIndexName}`,
  };
}

export function provisioningPath(root: string): string {
  return `${root.replace(/\/+$/, "")}/${provisioningName}`;
}

/** What each file may have at most, in bytes; whoever reads a stick stops there. */
export const sizeCaps = {
  certificate: 1024 * 1024,
  receipt: 128 * 1024,
  manifest: 96 * 1024 * 1024,
  sums: 64 * 1024 * 1024,
  index: 64 * 1024 * 1024,
  other: 64 * 1024,
} as const;

/** Entries looked at in PROVISIONING and in one batch's folder: 100,000 devices with two files each, and some. */
export const maxEntries = 200_100;
