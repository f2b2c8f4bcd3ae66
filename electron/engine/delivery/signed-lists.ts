import { StationError } from "#shared/domain/errors.ts";
import { must } from "#shared/formats/encoding.ts";
import { type MinisignKey, parseMinisig, verifyMinisig } from "#shared/formats/minisign.ts";
import { formatSha256Sums, parseSha256Sums } from "#shared/formats/sha256sums.ts";
import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import { digestOf } from "./device-files.ts";
import { minisignKeysFor } from "./key-succession.ts";
import { manifestName, signatureName, sumsName } from "./layout.ts";
import { openManifest } from "./manifest.ts";
import { signatureComment } from "./seal.ts";
import type { StationKeys } from "./trusted-keys.ts";
import { type Problem, problem, toProblem } from "./verify-problems.ts";

/** The three files that say what the others are; null where one is missing or unreadable, which is reported elsewhere. */
export interface ListFiles {
  readonly manifest: Uint8Array | null;
  readonly sums: Uint8Array | null;
  readonly signature: Uint8Array | null;
}

export interface SignedLists {
  readonly problems: readonly Problem[];
  /** Null when the manifest is not to be trusted. */
  readonly statement: ProvisioningStatement | null;
  /** Digest by name of every file but these three; null when neither list is to be trusted. */
  readonly wanted: ReadonlyMap<string, string> | null;
}

/**
 * Judges manifest and sums, each signed by its own key, by each other: one damaged file of the three is named alone,
 * and the other list still tells what the folder must hold.
 * @param folder for the problems' paths
 */
export function checkSignedLists(files: ListFiles, batch: string, folder: string, keys: StationKeys): SignedLists {
  const path = (name: string): string => `${folder}/${name}`;
  const problems: Problem[] = [];
  const statement = tryManifest(files.manifest, keys, path(manifestName), problems);
  if (statement !== null && statement.predicate.batch !== batch) {
    problems.push(problem("VERIFY_MANIFEST", path(manifestName), "The manifest is of another batch than its folder."));
  }
  const implied = statement === null || files.manifest === null ? null : impliedSums(statement, files.manifest);
  const sumsAsImplied = implied !== null && files.sums !== null && isEqual(implied, files.sums);
  const trusted = minisignKeysFor(keys, statement?.predicate.ledger.size ?? null);
  const signed = checkSignature(files, batch, trusted, path, sumsAsImplied, problems);
  const sums = signed && files.sums !== null ? trySums(files.sums, path(sumsName), problems) : null;

  if (sums !== null && implied !== null && files.manifest !== null && !sumsAsImplied) {
    const isManifestListed = sums.get(manifestName) === digestOf(files.manifest);
    problems.push(
      isManifestListed
        ? problem("VERIFY_MANIFEST", path(manifestName), "Manifest and SHA256SUMS list different files.")
        : problem("VERIFY_DIGEST", path(manifestName), "The manifest's bytes are not those that SHA256SUMS names."),
    );
  }
  const isSumsBlamed = problems.some((found) => found.path === path(sumsName));
  if (sums === null && implied !== null && files.sums !== null && !sumsAsImplied && !isSumsBlamed) {
    problems.push(problem("VERIFY_DIGEST", path(sumsName), "SHA256SUMS lists other files than the manifest."));
  }
  return { problems, statement, wanted: wantedFrom(statement, sums) };
}

function tryManifest(
  bytes: Uint8Array | null,
  keys: StationKeys,
  path: string,
  problems: Problem[],
): ProvisioningStatement | null {
  if (bytes === null) return null;
  try {
    return openManifest(bytes, keys);
  } catch (error) {
    problems.push(toProblem(error, path));
    return null;
  }
}

function trySums(bytes: Uint8Array, path: string, problems: Problem[]): ReadonlyMap<string, string> | null {
  try {
    return new Map(parseSha256Sums(bytes).map(({ name, sha256 }) => [name, sha256]));
  } catch (error) {
    problems.push(toProblem(error, path));
    return null;
  }
}

/** True when SHA256SUMS is signed. A signature that does not fit is blamed on whichever file the manifest speaks against. */
function checkSignature(
  { sums, signature }: ListFiles,
  batch: string,
  trusted: readonly MinisignKey[],
  path: (name: string) => string,
  sumsAsImplied: boolean,
  problems: Problem[],
): boolean {
  if (sums === null || signature === null) return false;
  try {
    const { keyId } = parseMinisig(signature);
    const key = trusted.find((one) => isEqual(one.keyId, keyId)) ?? must(trusted[0], "a trusted key");
    if (verifyMinisig(sums, signature, key) === signatureComment(batch)) return true;
    problems.push(problem("VERIFY_SIGNATURE", path(signatureName), "The signature was made for another batch."));
  } catch (error) {
    const isMismatch = error instanceof StationError && error.code === "VERIFY_SIGNATURE";
    problems.push(toProblem(error, path(isMismatch && !sumsAsImplied ? sumsName : signatureName)));
  }
  return false;
}

function impliedSums(statement: ProvisioningStatement, manifest: Uint8Array): Uint8Array {
  const listed = statement.subject.map(({ name, digest }) => ({ name, sha256: digest.sha256 }));
  return formatSha256Sums([...listed, { name: manifestName, sha256: digestOf(manifest) }]);
}

function wantedFrom(
  statement: ProvisioningStatement | null,
  sums: ReadonlyMap<string, string> | null,
): ReadonlyMap<string, string> | null {
  if (statement !== null) return new Map(statement.subject.map(({ name, digest }) => [name, digest.sha256]));
  if (sums === null) return null;
  return new Map([...sums].filter(([name]) => name !== manifestName));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && digestOf(a) === digestOf(b);
}
