import { sha256 } from "@noble/hashes/sha2.js";
import { isEqual, toHex } from "./bytes.ts";
import { canonicalObject, own } from "./canonical.ts";
import { type Findings, Refusal } from "./findings.ts";
import type { KeyBook } from "./key-book.ts";
import { type Manifest, type ManifestDevice, mostManifestBytes, openManifest } from "./manifest.ts";
import { isSameHead } from "./note.ts";
import { digestFile, readFile } from "./read.ts";
import { mostReceiptBytes, openReceipt } from "./receipt.ts";
import { isSumsSignature, readSums, sumsText } from "./signed-list.ts";
import type { Folder } from "./source.ts";
import { type MinisignKey, readKeyFile } from "./trusted-keys.ts";

export const manifestName = "manifest.dsse.json";
const sumsName = "SHA256SUMS";
const signatureName = "SHA256SUMS.minisig";
const minisignName = "minisign.pub";

const mostSumsBytes = 64 * 1024 * 1024;
const mostSignatureBytes = 65_536;
const mostFileBytes = 1024 * 1024;
const mostKeyBytes = 4096;

export interface BatchFacts {
  /** Null when it is not to be trusted. */
  readonly manifest: Manifest | null;
  /** Lower-case hex. */
  readonly manifestSha256: string | null;
}

/** One delivery: its two signed lists by each other, every file by them, every receipt by the ledger's key. */
export async function checkBatch(
  folder: Folder,
  batch: string,
  book: KeyBook,
  findings: Findings,
): Promise<BatchFacts> {
  const read = (name: string, cap: number) => findings.trying(folder.pathOf(name), () => readFile(folder, name, cap));
  const manifestBytes = await read(manifestName, mostManifestBytes);
  const sumsBytes = await read(sumsName, mostSumsBytes);
  const signatureBytes = await read(signatureName, mostSignatureBytes);
  findings.looked("manifest");
  const manifest = await openOwn(manifestBytes, folder, batch, book, findings);
  const manifestSha256 = manifestBytes === null ? null : toHex(sha256(manifestBytes));
  const implied =
    manifest === null ? null : sumsText(new Map([...manifest.files, [manifestName, manifestSha256 ?? ""]]));
  const doAgree = implied !== null && sumsBytes !== null && isEqual(implied, sumsBytes);
  findings.looked("sums");
  const before = findings.total;
  const keysFor = await minisignKeys(folder, manifest, book, findings);
  const sums = await trustedSums(folder, { sumsBytes, signatureBytes, doAgree, batch }, keysFor, findings);
  if (manifest !== null && sumsBytes !== null && !doAgree && (sums !== null || findings.total === before)) {
    findings.add("sums-differ", folder.pathOf(sums === null ? sumsName : manifestName));
  }
  const wanted =
    manifest?.files ?? (sums === null ? null : new Map([...sums].filter(([name]) => name !== manifestName)));
  if (wanted === null) {
    findings.add("no-list", folder.path);
    return { manifest, manifestSha256 };
  }
  const digests = await checkFiles(folder, wanted, findings);
  if (manifest !== null) {
    const context = { folder, manifest, good: digests, book, findings };
    for (const device of manifest.devices) await checkReceipt(context, device, deviceFacts(device));
    for (const token of manifest.carried) {
      await checkReceipt(context, token, { type: "licence-token.carried", ...token.said });
    }
  }
  return { manifest, manifestSha256 };
}

async function openOwn(
  bytes: Uint8Array | null,
  folder: Folder,
  batch: string,
  book: KeyBook,
  findings: Findings,
): Promise<Manifest | null> {
  if (bytes === null) return null;
  const path = folder.pathOf(manifestName);
  const manifest = await findings.trying(path, () => openManifest(bytes, book));
  if (manifest === null || manifest.batch === batch) return manifest;
  findings.add("manifest-batch", path, { expected: batch, found: manifest.batch });
  return manifest;
}

type MinisignKeys = (id: Uint8Array) => readonly MinisignKey[];

/** Without a trusted key of its own, the signature is judged by the key that the signed manifest lists. */
async function minisignKeys(
  folder: Folder,
  manifest: Manifest | null,
  book: KeyBook,
  findings: Findings,
): Promise<MinisignKeys | null> {
  if (book.minisignKeys.length > 0) return (id) => book.minisignKeyFor(id);
  const path = folder.pathOf(minisignName);
  const digest = manifest?.files.get(minisignName);
  return await findings.trying(path, async () => {
    if (digest === undefined) throw new Refusal("key-missing", { key: minisignName });
    if ((await digestFile(folder, minisignName, mostKeyBytes)) !== digest) return null;
    const file = readKeyFile(await readFile(folder, minisignName, mostKeyBytes));
    if (file.kind !== "minisign") throw new Refusal("encoding");
    findings.note("key-vouched", path);
    return (id: Uint8Array) => (isEqual(id, file.key.id) ? [file.key] : []);
  });
}

/** The signed list. A signature that does not fit is laid to whichever of the two files the manifest speaks against. */
async function trustedSums(
  folder: Folder,
  files: {
    readonly sumsBytes: Uint8Array | null;
    readonly signatureBytes: Uint8Array | null;
    readonly doAgree: boolean;
    readonly batch: string;
  },
  keysFor: MinisignKeys | null,
  findings: Findings,
): Promise<ReadonlyMap<string, string> | null> {
  const { sumsBytes, signatureBytes, doAgree, batch } = files;
  if (sumsBytes === null || signatureBytes === null || keysFor === null) return null;
  const fits = await findings.trying(folder.pathOf(signatureName), () =>
    isSumsSignature(signatureBytes, sumsBytes, batch, keysFor),
  );
  if (fits === null) return null;
  if (!fits) {
    findings.add("sums-signature", folder.pathOf(doAgree ? signatureName : sumsName));
    return null;
  }
  return await findings.trying(folder.pathOf(sumsName), () => readSums(sumsBytes));
}

/** @returns names whose bytes are those that were signed */
async function checkFiles(
  folder: Folder,
  wanted: ReadonlyMap<string, string>,
  findings: Findings,
): Promise<ReadonlySet<string>> {
  const lists = new Set([manifestName, sumsName, signatureName]);
  for (const name of folder.names()) {
    if (!wanted.has(name) && !lists.has(name)) findings.add("unexpected", folder.pathOf(name));
  }
  const good = new Set<string>();
  for (const [name, digest] of wanted) {
    findings.looked("files");
    await findings.trying(folder.pathOf(name), async () => {
      if ((await digestFile(folder, name, mostFileBytes)) !== digest) throw new Refusal("digest");
      good.add(name);
    });
  }
  return good;
}

interface ReceiptContext {
  readonly folder: Folder;
  readonly manifest: Manifest;
  /** Names whose bytes are those that were signed. */
  readonly good: ReadonlySet<string>;
  readonly book: KeyBook;
  readonly findings: Findings;
}

async function checkReceipt(
  { folder, manifest, good, book, findings }: ReceiptContext,
  { file, receipt: name, ledgerIndex }: Pick<ManifestDevice, "file" | "receipt" | "ledgerIndex">,
  facts: Readonly<Record<string, string | null>>,
): Promise<void> {
  findings.looked("receipts");
  // A receipt that is missing or changed was found already.
  if (!good.has(name)) return;
  await findings.trying(folder.pathOf(name), async () => {
    const receipt = openReceipt(await readFile(folder, name, mostReceiptBytes), book);
    const entry = canonicalObject(receipt.entry);
    const said = { v: 1, ...facts, file_sha256: manifest.files.get(file) ?? "" };
    for (const [member, value] of Object.entries(said)) {
      if (own(entry, member) !== value) throw new Refusal("receipt-entry", { member, file });
    }
    if (receipt.index !== ledgerIndex || !isSameHead(receipt.head, manifest.head)) {
      throw new Refusal("receipt-place", { file });
    }
  });
}

function deviceFacts({ fingerprintSha256, activationId, deviceName }: ManifestDevice) {
  return {
    type: "machine-file.issued",
    fingerprint_sha256: fingerprintSha256,
    activation_id: activationId,
    device_name: deviceName,
  };
}
