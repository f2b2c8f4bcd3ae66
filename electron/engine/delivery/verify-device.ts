import { base64 } from "#shared/formats/encoding.ts";
import type { CarriedToken, ProvisionedDevice, ProvisioningStatement } from "#shared/formats/statement.ts";
import type { ProvedReceipt, ReceiptChecker } from "./receipt-check.ts";
import type { TrustedKeys } from "./trusted-keys.ts";
import { type Problem, problem, toProblem } from "./verify-problems.ts";

/** One machine file and what the manifest says of it, for checks that delivery itself knows nothing about. */
export interface CertificateInput {
  readonly certificate: Uint8Array;
  readonly device: ProvisionedDevice;
  readonly product: string;
  /** Of the licence key the file was issued under, as its ledger entry says; null when the receipt is not to be trusted. */
  readonly licenseSha256: string | null;
}

export interface CertificateChecks {
  /** The machine file's own signature, which needs no licence key. @throws StationError what is wrong with it */
  readonly checkSignature?: (input: CertificateInput, licensing: TrustedKeys["licensing"]) => void | Promise<void>;
  /** Opens it as the device will; only called for fingerprints that are known. @throws StationError */
  readonly openFile?: (input: CertificateInput & { readonly fingerprint: string }) => void | Promise<void>;
  /** Fingerprint by its SHA-256, from the stick's own request files. */
  readonly fingerprints?: ReadonlyMap<string, string>;
}

export interface DeviceContext {
  readonly folder: string;
  readonly statement: ProvisioningStatement;
  readonly wanted: ReadonlyMap<string, string>;
  readonly keys: TrustedKeys;
  readonly checks: CertificateChecks;
  readonly checkReceipt: ReceiptChecker;
}

/** Checks what the digests can't say; a file that is null has been reported already. */
export async function checkDevice(
  device: ProvisionedDevice,
  files: { readonly certificate: Uint8Array | null; readonly receipt: Uint8Array | null },
  context: DeviceContext,
  problems: Problem[],
  notes: string[],
): Promise<void> {
  const proved = files.receipt === null ? null : proveReceipt(device, files.receipt, context, problems);
  const { certificate } = files;
  if (certificate === null) return;
  const { folder, statement, keys, checks } = context;
  const licenseSha256 = proved?.licenseSha256 ?? null;
  const input = { certificate, device, product: statement.predicate.product, licenseSha256 };
  try {
    await checks.checkSignature?.(input, keys.licensing);
    if (checks.openFile === undefined) return;
    const fingerprint = checks.fingerprints?.get(device.fingerprint_sha256);
    if (fingerprint === undefined)
      notes.push(`${folder}/${device.file}: not opened, no request file tells its fingerprint`);
    else await checks.openFile({ ...input, fingerprint });
  } catch (error) {
    problems.push(toProblem(error, `${folder}/${device.file}`));
  }
}

function proveReceipt(
  device: ProvisionedDevice,
  receipt: Uint8Array,
  context: ReceiptContext,
  problems: Problem[],
): ProvedReceipt | null {
  return prove(device.receipt, receipt, context, problems, {
    fileSha256: context.wanted.get(device.file) ?? "",
    fingerprintSha256: device.fingerprint_sha256,
    activationId: device.activation_id,
    deviceName: device.device_name,
    ledgerIndex: device.ledger_index,
  });
}

/** A carried licence is told by its receipt; whether its target will take it only its vendor's key can say. */
export function checkCarried(
  token: CarriedToken,
  receipt: Uint8Array,
  context: ReceiptContext,
  problems: Problem[],
): void {
  prove(token.receipt, receipt, context, problems, {
    fileSha256: context.wanted.get(token.file) ?? "",
    kind: token.kind,
    target: token.target,
    tokenId: token.token_id,
    vendorKeySha256: token.vendor_key_sha256,
    expiresAt: token.expires_at,
    ledgerIndex: token.ledger_index,
  });
}

type ReceiptContext = Pick<DeviceContext, "folder" | "statement" | "wanted" | "checkReceipt">;

function prove(
  name: string,
  receipt: Uint8Array,
  { folder, statement, checkReceipt }: ReceiptContext,
  problems: Problem[],
  facts: Parameters<ReceiptChecker>[1],
): ProvedReceipt | null {
  const path = `${folder}/${name}`;
  try {
    const proved = checkReceipt(receipt, facts);
    const { ledger } = statement.predicate;
    const { origin, size, rootHash } = proved.checkpoint;
    if (origin === ledger.origin && size === ledger.size && base64(rootHash) === ledger.root) return proved;
    problems.push(problem("VERIFY_RECEIPT", path, "The receipt's checkpoint is not the one the manifest names."));
  } catch (error) {
    problems.push(toProblem(error, path));
  }
  return null;
}
