import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import type { Files } from "../platform/files.ts";
import { digestOf } from "./device-files.ts";
import {
  ledgerKeyName,
  manifestName,
  maxEntries,
  minisignPublicName,
  provisioningName,
  provisioningPath,
  readmeName,
  signatureName,
  sizeCaps,
  sumsName,
} from "./layout.ts";
import { forEachPooled } from "./pool.ts";
import { checkSignedLists } from "./signed-lists.ts";
import type { TrustedKeys } from "./trusted-keys.ts";
import { checkCarried, checkDevice, type CertificateChecks } from "./verify-device.ts";
import { byPath, type Problem, problem, toProblem } from "./verify-problems.ts";
import { receiptChecker } from "./receipt-check.ts";

export interface BatchVerdict {
  readonly batch: string;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  /** Null when the manifest is not to be trusted. */
  readonly statement: ProvisioningStatement | null;
  readonly manifestSha256: string | null;
  readonly sumsSha256: string | null;
  /** Ordinary files in the folder, and their bytes as far as they were read. */
  readonly files: number;
  readonly bytes: number;
}

export interface BatchOptions {
  readonly files: Files;
  readonly root: string;
  readonly batch: string;
  readonly keys: TrustedKeys;
  readonly checks: CertificateChecks;
}

/**
 * Checks one committed folder, every file of it, under the trusted keys. Holds no file longer than its own check.
 * @throws StationError STICK_GONE when the stick went away meanwhile; all else is a problem in the verdict
 */
export async function verifyBatch(options: BatchOptions): Promise<BatchVerdict> {
  const { files, root, batch, keys, checks } = options;
  const directory = `${provisioningPath(root)}/${batch}`;
  const folder = `${provisioningName}/${batch}`;
  const problems: Problem[] = [];
  const notes: string[] = [];
  const present = await listFiles(files, directory, folder, problems);
  let bytes = 0;
  const read = async (name: string, cap: number): Promise<Uint8Array | null> => {
    if (!present.has(name)) return null;
    try {
      const found = await files.read(`${directory}/${name}`, cap);
      bytes += found.length;
      return found;
    } catch (error) {
      problems.push(toProblem(error, `${folder}/${name}`));
      return null;
    }
  };

  const manifest = await read(manifestName, sizeCaps.manifest);
  const sums = await read(sumsName, sizeCaps.sums);
  const signature = await read(signatureName, sizeCaps.other);
  const lists = checkSignedLists({ manifest, sums, signature }, batch, folder, keys);
  problems.push(...lists.problems);
  const names = new Set([manifestName, sumsName, signatureName, ...(lists.wanted?.keys() ?? [])]);
  problems.push(...namesThatDiffer(names, present, folder, lists.wanted !== null));

  /** The bytes, when they are those that were signed. */
  const readWanted = async (name: string, cap: number): Promise<Uint8Array | null> => {
    const found = await read(name, cap);
    if (found === null || digestOf(found) === lists.wanted?.get(name)) return found;
    problems.push(problem("VERIFY_DIGEST", `${folder}/${name}`, "The file's bytes are not those that were signed."));
    return null;
  };
  const devices = lists.statement?.predicate.devices ?? [];
  const carried = lists.statement?.predicate.carried ?? [];
  problems.push(...strangeFixedFiles(lists.statement, devices.length + carried.length, folder));
  const checkReceipt = receiptChecker(keys);
  await forEachPooled(devices, async (device) => {
    const certificate = await readWanted(device.file, sizeCaps.certificate);
    const receipt = await readWanted(device.receipt, sizeCaps.receipt);
    if (lists.statement === null || lists.wanted === null) return;
    const context = { folder, statement: lists.statement, wanted: lists.wanted, keys, checks, checkReceipt };
    await checkDevice(device, { certificate, receipt }, context, problems, notes);
  });
  for (const token of carried) {
    await readWanted(token.file, sizeCaps.other);
    const receipt = await readWanted(token.receipt, sizeCaps.receipt);
    if (lists.statement === null || lists.wanted === null || receipt === null) continue;
    const context = { folder, statement: lists.statement, wanted: lists.wanted, checkReceipt };
    checkCarried(token, receipt, context, problems);
  }
  const ofDevices = new Set([...devices, ...carried].flatMap(({ file, receipt }) => [file, receipt]));
  const others = [...(lists.wanted?.keys() ?? [])].filter((name) => !ofDevices.has(name));
  await forEachPooled(others, async (name) => {
    await readWanted(name, sizeCaps.certificate);
  });
  return {
    batch,
    problems: problems.sort(byPath),
    notes,
    statement: lists.statement,
    manifestSha256: manifest === null ? null : digestOf(manifest),
    sumsSha256: sums === null ? null : digestOf(sums),
    files: present.size,
    bytes,
  };
}

/** Names of the ordinary files; everything else is a problem and is never opened. */
async function listFiles(
  files: Files,
  directory: string,
  folder: string,
  problems: Problem[],
): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  const entries = await files.list(directory, maxEntries);
  for (const { name, displayName, kind } of entries.slice(0, maxEntries)) {
    if (name !== null && kind === "file") present.add(name);
    else
      problems.push(problem("VERIFY_UNEXPECTED", `${folder}/${displayName}`, `A ${nouns[kind]} does not belong here.`));
  }
  if (entries.length > maxEntries) {
    problems.push(problem("VERIFY_UNEXPECTED", folder, "The folder holds more entries than a delivery can have."));
  }
  return present;
}

const nouns = { file: "file of that name", directory: "folder", link: "link", other: "pipe or device" } as const;

function namesThatDiffer(
  wanted: ReadonlySet<string>,
  present: ReadonlySet<string>,
  folder: string,
  isListTrusted: boolean,
): readonly Problem[] {
  const missing = [...wanted]
    .filter((name) => !present.has(name))
    .map((name) =>
      problem("VERIFY_MISSING", `${folder}/${name}`, "The file is named by the delivery and is not there."),
    );
  // Without a list to trust nothing says what belongs here, and the list itself is a problem already.
  if (!isListTrusted) return missing;
  const unexpected = [...present]
    .filter((name) => !wanted.has(name))
    .map((name) => problem("VERIFY_UNEXPECTED", `${folder}/${name}`, "The file is not part of the delivery."));
  return [...missing, ...unexpected];
}

const fixedSubjects: ReadonlySet<string> = new Set([readmeName, minisignPublicName, ledgerKeyName]);

/** Besides the two files of each device or licence exactly the three fixed ones are listed. */
function strangeFixedFiles(
  statement: ProvisioningStatement | null,
  owners: number,
  folder: string,
): readonly Problem[] {
  if (statement === null) return [];
  const listed = statement.subject.length - owners * 2;
  const fixed = statement.subject.filter(({ name }) => fixedSubjects.has(name)).length;
  if (listed === fixedSubjects.size && fixed === fixedSubjects.size) return [];
  return [
    problem("VERIFY_MANIFEST", `${folder}/${manifestName}`, "The manifest lists files that belong to no device."),
  ];
}
