import { createPublicKey, verify } from "node:crypto";
import { StationError } from "#shared/domain/errors.ts";
import type { Checkpoint } from "#shared/formats/checkpoint.ts";
import { base64url, utf8 } from "#shared/formats/encoding.ts";
import { formatMinisignPublicKey, signMinisig } from "#shared/formats/minisign.ts";
import { formatSha256Sums } from "#shared/formats/sha256sums.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import type { Files, ReadBack } from "../platform/files.ts";
import { digestOf, readBackFile, syncFiles, weaker, type WrittenFile } from "./device-files.ts";
import { ledgerKeyName, manifestName, minisignPublicName, readmeName, signatureName, sumsName } from "./layout.ts";
import { makeManifest } from "./manifest.ts";
import type { DeliveryPlan } from "./plan.ts";
import { syncClusters } from "./pull-order.ts";
import type { StationKeys } from "./trusted-keys.ts";

/** Raw Ed25519 over the bytes given, each by the key of its use. */
export interface DeliverySigners {
  readonly manifest: (message: Uint8Array) => Uint8Array;
  readonly sums: (message: Uint8Array) => Uint8Array;
}

export interface SealOptions {
  readonly files: Files;
  /** The stick's own. */
  readonly root: string;
  readonly folder: string;
  readonly plan: DeliveryPlan;
  /** The plan's checkpoint, verified. */
  readonly head: Checkpoint;
  /** The devices' files, written and read back. */
  readonly written: ReadonlyMap<string, WrittenFile>;
  readonly readBack: ReadBack;
  readonly at: Date;
  readonly keys: StationKeys;
  readonly sign: DeliverySigners;
}

export interface Seal {
  readonly statement: ProvisioningStatement;
  /** Every file of the folder. */
  readonly written: readonly WrittenFile[];
  readonly manifestSha256: string;
  readonly sumsSha256: string;
  readonly readBack: ReadBack;
}

/**
 * Writes, syncs and reads back what says what the folder holds: README.txt, public keys, manifest, sums and their
 * signature. From here on the folder is complete but for its name.
 */
export async function sealDelivery(options: SealOptions): Promise<Seal> {
  const { files, root, folder, plan, keys, sign } = options;
  const signManifest = checked(sign.manifest, keys.manifest);
  const signSums = checked(sign.sums, keys.minisign.publicKey);
  const known = [...options.written.values()];
  const own: (WrittenFile & { readonly bytes: Uint8Array })[] = [];
  const add = (name: string, bytes: Uint8Array): void => {
    own.push({ name, bytes, sha256: digestOf(bytes), sizeBytes: bytes.length });
  };
  add(readmeName, utf8(plan.readme));
  add(minisignPublicName, formatMinisignPublicKey(keys.minisign));
  add(ledgerKeyName, utf8(`${formatVkey(keys.ledger)}\n`));
  const manifest = makeManifest({ ...options, written: [...known, ...own], sign: signManifest });
  add(manifestName, manifest.bytes);
  const sums = formatSha256Sums([...known, ...own]);
  add(sumsName, sums);
  add(signatureName, signMinisig(sums, signatureComment(plan.batch), keys.minisign.keyId, signSums));

  for (const { name, bytes } of own) await files.writeNew(`${folder}/${name}`, bytes);
  await syncClusters(files, root);
  await syncFiles(
    files,
    folder,
    own.map(({ name }) => name),
    () => {},
  );
  let how = options.readBack;
  for (const file of own) {
    const read = await readBackFile(files, folder, file);
    how = weaker(how, read.how);
  }
  const digest = (name: string): string => own.find((file) => file.name === name)?.sha256 ?? "";
  return {
    statement: manifest.statement,
    written: [...known, ...own.map(({ name, sha256, sizeBytes }) => ({ name, sha256, sizeBytes }))],
    manifestSha256: digest(manifestName),
    sumsSha256: digest(sumsName),
    readBack: how,
  };
}

/** The trusted comment of a delivery's minisign signature: binds the sums to their batch. */
export function signatureComment(batch: string): string {
  return `licence station, batch ${batch}`;
}

/** A delivery that its own receiver would refuse must not be committed, whatever went wrong with the keys. */
function checked(
  sign: (message: Uint8Array) => Uint8Array,
  publicKey: Uint8Array,
): (message: Uint8Array) => Uint8Array {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: base64url(publicKey) }, format: "jwk" });
  return (message) => {
    const signature = sign(message);
    if (verify(null, message, key, signature)) return signature;
    throw new StationError(
      "KEYS_UNREADABLE",
      "A delivery's signature does not verify under the station's own public key. Check the station's keys.",
    );
  };
}
