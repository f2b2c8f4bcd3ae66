import { hash } from "node:crypto";
import { StationError } from "#shared/domain/errors.ts";
import type { Files, ReadBack } from "../platform/files.ts";
import type { PlannedFile } from "./plan.ts";
import { forEachPooled } from "./pool.ts";

export interface WrittenFile {
  readonly name: string;
  /** Lower-case hex, of the bytes as they were to be written. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface DeviceContent {
  readonly certificate: Uint8Array;
  readonly receipt: Uint8Array;
}

/** Writes every device's two files into `folder`; none of them is durable yet. */
export async function writeDeviceFiles(options: {
  readonly files: Files;
  readonly folder: string;
  readonly devices: readonly PlannedFile[];
  readonly content: (device: PlannedFile) => Promise<DeviceContent>;
  readonly done: () => void;
  readonly signal: AbortSignal | undefined;
}): Promise<ReadonlyMap<string, WrittenFile>> {
  const { files, folder, devices, content, done, signal } = options;
  const written = new Map<string, WrittenFile>();
  const write = async (name: string, bytes: Uint8Array, sha256: string): Promise<void> => {
    await files.writeNew(`${folder}/${name}`, bytes);
    written.set(name, { name, sha256, sizeBytes: bytes.length });
  };
  await forEachPooled(
    devices,
    async (device) => {
      const { certificate, receipt } = await content(device);
      if (digestOf(certificate) !== device.fileSha256) throw notTheLoggedFile();
      await write(device.file, certificate, device.fileSha256);
      await write(device.receipt, receipt, digestOf(receipt));
      done();
    },
    signal,
  );
  return written;
}

/** Makes files that were written durable, then their names. */
export async function syncFiles(
  files: Files,
  folder: string,
  names: readonly string[],
  done: () => void,
  signal?: AbortSignal,
): Promise<void> {
  await forEachPooled(
    names,
    async (name) => {
      await files.sync(`${folder}/${name}`);
      done();
    },
    signal,
  );
  await files.syncDirectory(folder);
}

/** The bytes of a file as the medium gives them back. @throws StationError STICK_READ_BACK when they are not those written */
export async function readBackFile(
  files: Files,
  folder: string,
  written: WrittenFile,
): Promise<{ readonly bytes: Uint8Array; readonly how: ReadBack }> {
  const { name, sha256, sizeBytes } = written;
  try {
    const back = await files.readBack(`${folder}/${name}`, sizeBytes);
    if (digestOf(back.bytes) === sha256) return back;
  } catch (error) {
    const isOther = error instanceof StationError && error.code.startsWith("REQUEST_");
    if (!isOther) throw error;
  }
  throw otherBytes(name);
}

/** The weaker of two ways of reading back. */
export function weaker(a: ReadBack, b: ReadBack): ReadBack {
  return a === "direct" ? b : a;
}

/** Lower-case hex SHA-256. */
export function digestOf(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}

function otherBytes(name: string): StationError {
  return new StationError(
    "STICK_READ_BACK",
    `The stick gave back other bytes for ${name} than were written. Use another stick and resume.`,
  );
}

function notTheLoggedFile(): StationError {
  return new StationError(
    "LEDGER_BROKEN",
    "A machine file kept for delivery is not the one its ledger entry names. Verify the ledger before going on.",
  );
}
