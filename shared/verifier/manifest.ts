import { asText, base64Bytes, exactBase64, join, toUtf8 } from "./bytes.ts";
import {
  canonicalObject,
  countMember,
  exactMembers,
  isObject,
  type Json,
  type JsonObject,
  listMember,
  objectMember,
  own,
  textMember,
} from "./canonical.ts";
import { isSigned } from "./ed25519.ts";
import { Refusal } from "./findings.ts";
import { type KeyBook, speaksFor } from "./key-book.ts";
import type { Head } from "./note.ts";
import { keyFingerprint } from "./trusted-keys.ts";

/** manifest.dsse.json: a DSSE envelope around an in-toto Statement v1 with the station's predicate. */

export interface ManifestDevice {
  readonly fingerprintSha256: string;
  readonly deviceName: string | null;
  readonly activationId: string;
  readonly expiresAt: string;
  readonly ledgerIndex: number;
  readonly file: string;
  readonly receipt: string;
  readonly request: { readonly path: string; readonly sha256: string };
}

/** A licence for another product; its receipt must say all of this. */
export interface ManifestToken {
  readonly file: string;
  readonly receipt: string;
  readonly ledgerIndex: number;
  readonly said: Readonly<Record<"kind" | "target" | "token_id" | "vendor_key_sha256" | "expires_at", string | null>>;
}

export interface Manifest {
  readonly batch: string;
  readonly createdAt: string;
  readonly head: Head;
  /** Digest by name of every file but the manifest, the sums and their signature. */
  readonly files: ReadonlyMap<string, string>;
  readonly devices: readonly ManifestDevice[];
  /** Then there is no device. */
  readonly carried: readonly ManifestToken[];
}

export const mostManifestBytes = 96 * 1024 * 1024;

/** Verifies before it reads. @throws Refusal key-missing, encoding, envelope-signature, retired-key, manifest-form */
export function openManifest(bytes: Uint8Array, book: KeyBook): Manifest {
  if (book.manifestKeys.length === 0) throw new Refusal("key-missing", { key: "manifest.pem" });
  const envelope = canonicalObject(withoutNewline(bytes));
  exactMembers(envelope, ["payload", "payloadType", "signatures"], "encoding");
  const [line, ...more] = listMember(envelope, "signatures", "encoding");
  if (!isObject(line) || more.length > 0) throw new Refusal("encoding");
  exactMembers(line, ["keyid", "sig"], "encoding");
  const payload = base64Bytes(textMember(envelope, "payload", "encoding"));
  const signature = exactBase64(textMember(line, "sig", "encoding"), 64);
  if (payload === null) throw new Refusal("encoding");
  const signed = join(toUtf8(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload);
  const isStatement = own(envelope, "payloadType") === payloadType;
  const signers = book.manifestKeys.filter(
    ({ publicKey }) => own(line, "keyid") === keyFingerprint(publicKey) && isSigned(publicKey, signed, signature),
  );
  if (!isStatement || signers.length === 0) throw new Refusal("envelope-signature");
  const manifest = readStatement(canonicalObject(payload));
  if (!signers.some((signer) => speaksFor(signer, manifest.head.size))) {
    throw new Refusal("retired-key", { entries: manifest.head.size });
  }
  return manifest;
}

const payloadType = "application/vnd.in-toto+json";
const form = "manifest-form";

/** Besides the devices' files a delivery holds exactly these that are listed. */
const fixedFiles = ["README.txt", "ledger.vkey", "minisign.pub"];

const predicateMembers =
  "batch created_at devices ledger licenses operator policy product read_back station stick work_order".split(" ");
const tokenMembers = "expires_at file kind ledger_index receipt target token_id vendor_key_sha256".split(" ");
const deviceMembers = (
  "activation_id asset_tag device_name expires_at file fingerprint_sha256 issued_at key_id ledger_index receipt " +
  "request serial"
).split(" ");

function readStatement(statement: JsonObject): Manifest {
  exactMembers(statement, ["_type", "predicate", "predicateType", "subject"], form);
  const isOurs =
    own(statement, "_type") === "https://in-toto.io/Statement/v1" &&
    own(statement, "predicateType") === "https://licence-station.invalid/provisioning/v1";
  if (!isOurs) throw new Refusal(form, { member: "predicateType" });
  const files = readSubjects(listMember(statement, "subject", form));
  const predicate = objectMember(statement, "predicate", form);
  const isCarry = own(predicate, "carried") !== undefined;
  exactMembers(predicate, isCarry ? [...predicateMembers, "carried"] : predicateMembers, form);
  const ledger = objectMember(predicate, "ledger", form);
  const head = {
    origin: textMember(ledger, "origin", form),
    size: countMember(ledger, "size", form),
    root: exactBase64(textMember(ledger, "root", form), 32),
  };
  const devices = listMember(predicate, "devices", form).map(readDevice);
  const carried = isCarry ? listMember(predicate, "carried", form).map(readToken) : [];
  if (isCarry && (devices.length > 0 || carried.length === 0)) throw new Refusal(form, { member: "carried" });
  checkOwners(devices, carried, files, head.size);
  return {
    batch: textMember(predicate, "batch", form),
    createdAt: textMember(predicate, "created_at", form),
    head,
    files,
    devices,
    carried,
  };
}

function readSubjects(subjects: readonly Json[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let last = "";
  for (const subject of subjects) {
    if (!isObject(subject)) throw new Refusal(form, { member: "subject" });
    const name = textMember(subject, "name", form);
    const digest = textMember(objectMember(subject, "digest", form), "sha256", form);
    const isPlain = /^[0-9A-Za-z][0-9A-Za-z._-]{0,254}$/.test(name) && /^[0-9a-f]{64}$/.test(digest);
    if (!isPlain || name <= last) throw new Refusal(form, { member: "subject" });
    files.set(name, digest);
    last = name;
  }
  return files;
}

function readDevice(device: Json): ManifestDevice {
  if (!isObject(device)) throw new Refusal(form, { member: "devices" });
  exactMembers(device, deviceMembers, form);
  const name = own(device, "device_name");
  const request = objectMember(device, "request", form);
  return {
    fingerprintSha256: textMember(device, "fingerprint_sha256", form),
    deviceName: name === null ? null : textMember(device, "device_name", form),
    activationId: textMember(device, "activation_id", form),
    expiresAt: textMember(device, "expires_at", form),
    ledgerIndex: countMember(device, "ledger_index", form),
    file: textMember(device, "file", form),
    receipt: textMember(device, "receipt", form),
    request: { path: textMember(request, "path", form), sha256: textMember(request, "sha256", form) },
  };
}

function readToken(token: Json): ManifestToken {
  if (!isObject(token)) throw new Refusal(form, { member: "carried" });
  exactMembers(token, tokenMembers, form);
  const kind = textMember(token, "kind", form);
  if (kind !== "sentari" && kind !== "stella") throw new Refusal(form, { member: "kind" });
  return {
    file: textMember(token, "file", form),
    receipt: textMember(token, "receipt", form),
    ledgerIndex: countMember(token, "ledger_index", form),
    said: {
      kind,
      target: own(token, "target") === null ? null : textMember(token, "target", form),
      token_id: textMember(token, "token_id", form),
      vendor_key_sha256: textMember(token, "vendor_key_sha256", form),
      expires_at: textMember(token, "expires_at", form),
    },
  };
}

/** Every listed file has one owner, every device is listed once. */
function checkOwners(
  devices: readonly ManifestDevice[],
  carried: readonly ManifestToken[],
  files: ReadonlyMap<string, string>,
  size: number,
): void {
  const unclaimed = new Set(files.keys());
  for (const name of fixedFiles) if (!unclaimed.delete(name)) throw new Refusal(form, { member: name });
  const fingerprints = new Set<string>();
  for (const { file, receipt, fingerprintSha256, ledgerIndex } of devices) {
    const isWhole = unclaimed.delete(file) && unclaimed.delete(receipt) && ledgerIndex < size;
    if (!isWhole || fingerprints.has(fingerprintSha256)) throw new Refusal(form, { member: file });
    fingerprints.add(fingerprintSha256);
  }
  for (const { file, receipt, ledgerIndex } of carried) {
    if (!unclaimed.delete(file) || !unclaimed.delete(receipt) || ledgerIndex >= size)
      throw new Refusal(form, { member: file });
  }
  for (const name of unclaimed) throw new Refusal(form, { member: name });
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 10) throw new Refusal("encoding");
  return bytes.subarray(0, -1);
}

/** What an unverified manifest claims its ledger's size to be; to know beforehand which sizes will be asked for. */
export function claimedSize(bytes: Uint8Array): number | null {
  try {
    const envelope = JSON.parse(asText(bytes)) as Json;
    const payload = isObject(envelope) ? own(envelope, "payload") : null;
    const inner = typeof payload === "string" ? base64Bytes(payload) : null;
    const statement = inner === null ? null : (JSON.parse(asText(inner)) as Json);
    return isObject(statement)
      ? countMember(objectMember(objectMember(statement, "predicate", form), "ledger", form), "size", form)
      : null;
  } catch {
    return null;
  }
}
