import { type ErrorCode, StationError } from "#shared/domain/errors.ts";
import type { Rejection } from "#shared/domain/request.ts";
import { hasUnprintable } from "../platform/display-text.ts";
import type { DirectoryEntry, Files } from "../platform/files.ts";
import type { IntakeCaps } from "./caps.ts";
import { type RequestForm, requestForm } from "./request-form.ts";

export interface FoundFile {
  /** Relative to the root, `/` between folders. */
  readonly path: string;
  readonly form: RequestForm;
}

export interface FoundFiles {
  /** In the order of their paths. */
  readonly files: readonly FoundFile[];
  readonly rejected: readonly Rejection[];
  /** Entries of the root folder, of whatever kind. */
  readonly rootEntries: number;
}

/**
 * Looks through the root and the folders below it, nearer ones first; follows no link and opens no file. A folder
 * that cannot be listed is reported and the others go on. @throws StationError when the root itself cannot be listed
 */
export async function findRequestFiles(files: Files, root: string, caps: IntakeCaps): Promise<FoundFiles> {
  const found: FoundFile[] = [];
  const rejected: Rejection[] = [];
  const reject = (path: string, code: ErrorCode, message: string) => {
    if (rejected.length < caps.rejections) rejected.push({ path: path || ".", line: null, code, message });
  };
  let entriesLeft = caps.entries;
  let rootEntries = 0;

  let level: readonly string[] = [""];
  for (let depth = 0; depth <= caps.folderDepth + 1 && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (entriesLeft <= 0) {
        reject(folder, "TOO_MANY_ENTRIES", stickTooFull);
        return { files: inOrder(found), rejected, rootEntries };
      }
      const limit = Math.min(caps.entriesPerFolder, entriesLeft);
      const isTooDeep = depth > caps.folderDepth;
      const entries = await listOrReject(files, root, folder, limit, isTooDeep ? () => {} : reject);
      entriesLeft -= entries.length;
      if (depth === 0) rootEntries = entries.length;
      if (entries.length > limit && !isTooDeep) reject(folder, "TOO_MANY_ENTRIES", folderTooFull(limit));
      for (const entry of entries.slice(0, limit)) {
        if (isSkipped(entry, depth)) continue;
        const path = folder === "" ? entry.displayName : `${folder}/${entry.displayName}`;
        const form = requestForm(entry.displayName);
        const verdict = judge(entry, form, caps.folderDepth - depth);
        if (verdict === "enter") next.push(path);
        else if (verdict === "read") found.push({ path, form: form ?? "text" });
        else if (verdict !== "ignore") reject(path, verdict.code, verdict.message);
      }
    }
    level = next.sort();
  }
  return { files: inOrder(found), rejected, rootEntries };
}

type Verdict = "enter" | "read" | "ignore" | { readonly code: ErrorCode; readonly message: string };

/** `foldersLeft` below 0 means that the entry lies deeper than request files are read. */
function judge(entry: DirectoryEntry, form: RequestForm | null, foldersLeft: number): Verdict {
  if (foldersLeft < 0) return form === null ? "ignore" : { code: "TOO_DEEP_FOLDER", message: tooDeep };
  const isFolder = entry.kind === "directory";
  // From here on the name as shown is the name as it is.
  if (entry.name === null || hasUnprintable(entry.name)) {
    const matters = form !== null || (isFolder && foldersLeft > 0);
    return matters ? { code: "REQUEST_NAME_ENCODING", message: badName } : "ignore";
  }
  if (entry.kind === "link") return { code: "REQUEST_NOT_A_FILE", message: form === null ? linkNotFollowed : notAFile };
  if (form === null) return isFolder ? "enter" : "ignore";
  return entry.kind === "file" ? "read" : { code: "REQUEST_NOT_A_FILE", message: notAFile };
}

const notAFile =
  "A link, pipe, folder or device stands where a request file should. Copy the file itself onto the stick.";
const linkNotFollowed =
  "This is a link, and links on a stick are never followed. Copy what it points to onto the stick.";
const badName = "The name is not clean UTF-8 text. Rename it with plain characters and try again.";

const tooDeep = "Request files this many folders down are not read. Move it nearer to the root.";
const stickTooFull = "The stick holds more than is looked at. Move the request files to its root.";

function folderTooFull(limit: number): string {
  return `The folder holds more than the ${limit} entries that are looked at. Move its request files to a folder of their own.`;
}

/**
 * What devices and systems hide is not for us; neither is what the station wrote itself, nor what somebody threw
 * away: a request in a recycle bin would cost a seat.
 */
function isSkipped(entry: DirectoryEntry, depth: number): boolean {
  if (entry.displayName.startsWith(".")) return true;
  return depth === 0 && notRequests.has(entry.displayName.toLowerCase());
}

const notRequests: ReadonlySet<string> = new Set([
  "provisioning",
  "$recycle.bin",
  "recycler",
  "system volume information",
  "lost+found",
]);

async function listOrReject(
  files: Files,
  root: string,
  folder: string,
  limit: number,
  reject: (path: string, code: ErrorCode, message: string) => void,
): Promise<readonly DirectoryEntry[]> {
  if (folder === "") return await files.list(root, limit);
  try {
    return await files.list(`${root}/${folder}`, limit);
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    reject(folder, "REQUEST_UNREADABLE", `The folder could not be read. ${error.message}`);
    return [];
  }
}

function inOrder(found: FoundFile[]): FoundFile[] {
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
