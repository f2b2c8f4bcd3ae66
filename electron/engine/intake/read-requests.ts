import { hash } from "node:crypto";
import { StationError } from "#shared/domain/errors.ts";
import type { DeviceRequest, Rejection, RequestConflict } from "#shared/domain/request.ts";
import { displayText } from "../platform/display-text.ts";
import type { Files } from "../platform/files.ts";
import { type StickMark, stickStillThere } from "../platform/os-errors.ts";
import { defaultCaps, type IntakeCaps } from "./caps.ts";
import { type FoundFile, findRequestFiles } from "./find-request-files.ts";
import { mapInOrder } from "./map-in-order.ts";
import { mergeRequests, type SourcedRequest } from "./merge-requests.ts";
import type { ParsedFile } from "./parsed-request.ts";
import { parseRequestFile, sizeCap } from "./request-form.ts";

export interface IntakeReport {
  /** One a device, in the order in which they are first asked for: by path, then by line. */
  readonly requests: readonly DeviceRequest[];
  readonly rejected: readonly Rejection[];
  readonly conflicts: readonly RequestConflict[];
  /** What is worth knowing and stops nothing. */
  readonly notes: readonly IntakeNote[];
  /** Request files found, refused ones included. */
  readonly files: number;
}

interface IntakeNote {
  readonly path: string;
  readonly message: string;
}

export interface IntakeOptions {
  readonly caps?: Partial<IntakeCaps>;
  /** What the stick's root was when work began; without it, what it is at the call. */
  readonly stick?: StickMark;
}

/**
 * Reads every request on a stick (INTAKE.md). One bad file or line never stops the others. That there are no
 * requests is only said of a stick that is still there. @throws StationError STICK_GONE, STICK_UNSAFE or STICK_IO
 */
export async function readRequests(files: Files, root: string, options: IntakeOptions = {}): Promise<IntakeReport> {
  const caps: IntakeCaps = { ...defaultCaps, ...options.caps };
  const stick = options.stick ?? (await markOf(files, root));
  const found = await orGone(files, root, stick, () => findRequestFiles(files, root, caps));
  const rejected: Rejection[] = [...found.rejected];
  const notes: IntakeNote[] = [];
  const read: SourcedRequest[] = [];
  let asked = 0;
  let keptBytes = 0;

  const parsed = mapInOrder(found.files, filesAtOnce, (file) => readOne(files, root, file, caps, stick));
  for await (const { file, fileSha256, sizeBytes, result } of parsed) {
    const path = file.path;
    keptBytes += result.requests.length > 0 ? sizeBytes : 0;
    const room = caps.requests - asked;
    const lines = [
      ...result.requests.map((one) => ({ line: one.line, request: one.request, refusal: null })),
      ...result.refusals.map((one) => ({ line: one.line, request: null, refusal: one })),
    ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    for (const { line, request, refusal } of lines.slice(0, room)) {
      if (request !== null) read.push({ request, source: { path, line, fileSha256 } });
      else if (refusal !== null) rejected.push({ path, ...refusal });
    }
    for (const message of result.notes) notes.push({ path, message });
    asked += lines.length;
    if (asked > caps.requests || keptBytes > caps.keptBytes) {
      rejected.push({ path, line: lines[room]?.line ?? null, code: "TOO_MANY_REQUESTS", message: tooMany(caps) });
      break;
    }
  }

  await refuseIfGone(files, root, stick, found.rootEntries);
  const { requests, conflicts, differences } = mergeRequests(read);
  for (const { path, field } of differences) notes.push({ path, message: differs(field) });
  return { requests, rejected: inOrder(rejected), conflicts, notes, files: found.files.length };
}

const filesAtOnce = 8;

interface ReadFile {
  readonly file: FoundFile;
  readonly fileSha256: string;
  readonly sizeBytes: number;
  readonly result: ParsedFile;
}

async function readOne(
  files: Files,
  root: string,
  file: FoundFile,
  caps: IntakeCaps,
  stick: StickMark,
): Promise<ReadFile> {
  try {
    const bytes = await files.read(`${root}/${file.path}`, sizeCap(file.form, caps));
    const result = parseRequestFile(file.form, bytes, caps);
    return { file, fileSha256: hash("sha256", bytes, "hex"), sizeBytes: bytes.length, result };
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    // Asked at once, so that a pulled stick is not probed file by file, each with the system's long patience.
    const ownFault = error.code === "REQUEST_NOT_A_FILE" || error.code === "REQUEST_TOO_LARGE";
    if (!ownFault && !(await stickStillThere(files, root, stick))) throw gone(error);
    const refusal = { line: null, ...refusalOf(error, sizeCap(file.form, caps)) };
    return { file, fileSha256: "", sizeBytes: 0, result: { requests: [], refusals: [refusal], notes: [] } };
  }
}

function refusalOf(error: StationError, maxBytes: number): Pick<Rejection, "code" | "message"> {
  const { code } = error;
  if (code === "REQUEST_TOO_LARGE") {
    return { code, message: `The file is larger than the ${maxBytes} bytes it may have. Export the request again.` };
  }
  if (code === "REQUEST_NOT_A_FILE") {
    return { code, message: "This is not an ordinary file. Copy the file itself onto the stick." };
  }
  const errno = error.details?.["errno"];
  const reason = typeof errno === "string" ? ` (${errno})` : "";
  return {
    code: "REQUEST_UNREADABLE",
    message: `The file could not be read${reason}. Check its permissions, or copy it to the stick again.`,
  };
}

async function markOf(files: Files, root: string): Promise<StickMark> {
  const stat = await files.stat(root);
  if (stat === null) throw gone();
  if (stat.kind !== "directory") {
    throw new StationError("STICK_UNSAFE", `${displayText(root)} is not a folder. Name the folder of the stick.`);
  }
  return stat;
}

async function orGone<T>(files: Files, root: string, stick: StickMark, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StationError && !(await stickStillThere(files, root, stick))) throw gone(error);
    throw error;
  }
}

/** A pulled FAT volume lists nothing and reports no fault, so an empty answer is believed only on a second look. */
async function refuseIfGone(files: Files, root: string, stick: StickMark, entriesBefore: number): Promise<void> {
  const entriesNow = await orGone(files, root, stick, () => files.list(root, 1));
  if (entriesBefore > 0 && entriesNow.length === 0) throw gone();
  if (!(await stickStillThere(files, root, stick))) throw gone();
}

function gone(cause?: StationError): StationError {
  const message = "The stick was gone before all requests were read. Plug it in again and start over.";
  return new StationError("STICK_GONE", message, { cause });
}

function tooMany(caps: IntakeCaps): string {
  return `The stick holds more than the ${caps.requests} requests that are taken at once; from here on nothing was read. Use several sticks.`;
}

function differs(field: string): string {
  return `Says another ${field} for a device than an earlier request did; the first one counts.`;
}

function inOrder(rejected: Rejection[]): Rejection[] {
  return rejected.sort((a, b) => (a.path === b.path ? (a.line ?? 0) - (b.line ?? 0) : a.path < b.path ? -1 : 1));
}
