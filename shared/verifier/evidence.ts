import { entriesName, tableName } from "./check-export.ts";
import { manifestName } from "./check-batch.ts";
import { provisioningName } from "./check-stick.ts";
import { sliceName } from "./check-slice.ts";
import { Folder, type FileSource, type SourceFile } from "./source.ts";

/** What was handed over, sorted by what it is. Paths are of folders, empty for the top. */
export interface Evidence {
  readonly exports: readonly Folder[];
  readonly slices: readonly Folder[];
  /** Folders that hold PROVISIONING. */
  readonly sticks: readonly Folder[];
  /** Delivery folders that were taken from their stick. */
  readonly batches: readonly Folder[];
  /** Small files by themselves, which may be checkpoints from paper, sticks or other stations. */
  readonly loose: readonly string[];
  readonly top: Folder;
  /** Names that differ only by case or by the way their letters are put together. */
  readonly collisions: readonly { readonly path: string; readonly other: string }[];
}

const mostLooseBytes = 262_144;

/** Sorts by names alone; nothing is opened. */
export async function sortEvidence(source: FileSource): Promise<Evidence> {
  const files = await source.list();
  const folders = (paths: Iterable<string>): readonly Folder[] =>
    [...new Set(paths)].sort().map((path) => new Folder(source, path, files));
  const stickPaths = files.flatMap(({ path }) => stickOf(path) ?? []);
  const isOnStick = (path: string): boolean => stickOf(path) !== null;
  const off = files.filter(({ path }) => !isOnStick(path));
  const slicePaths = new Set(off.flatMap(({ path }) => folderOf(path, sliceName) ?? []));
  const exportPaths = off
    .flatMap(({ path }) => folderOf(path, entriesName) ?? folderOf(path, tableName) ?? tileFolder(path) ?? [])
    .filter((path) => !slicePaths.has(path));
  const batchPaths = off.flatMap(({ path }) => folderOf(path, manifestName) ?? []);
  const claimed = [...exportPaths, ...slicePaths, ...batchPaths];
  const isClaimed = (path: string): boolean => claimed.some((folder) => folder === "" || path.startsWith(`${folder}/`));
  // A checkpoint beside nothing else is evidence of its own.
  const loose = off.filter(
    ({ path, sizeBytes, kind }) => kind === "file" && sizeBytes <= mostLooseBytes && !isClaimed(path),
  );
  return {
    exports: folders(exportPaths),
    slices: folders(slicePaths),
    sticks: folders(stickPaths),
    batches: folders(batchPaths),
    loose: loose.map(({ path }) => path).sort(),
    top: new Folder(source, "", files),
    collisions: collisionsIn(files),
  };
}

/** The folder above PROVISIONING, or null when the path does not lie in one. */
function stickOf(path: string): string | null {
  const parts = path.split("/");
  const at = parts.indexOf(provisioningName);
  return at < 0 || at === parts.length - 1 ? null : parts.slice(0, at).join("/");
}

function folderOf(path: string, name: string): string | null {
  if (path === name) return "";
  return path.endsWith(`/${name}`) ? path.slice(0, -name.length - 1) : null;
}

function tileFolder(path: string): string | null {
  const match = /^(?:(.*)\/)?tile\/(?:entries|[0-9]+)\//.exec(path);
  return match === null ? null : (match[1] ?? "");
}

function collisionsIn(files: readonly SourceFile[]): Evidence["collisions"] {
  const known = new Map<string, string>();
  const collisions: { path: string; other: string }[] = [];
  for (const { path } of files) {
    const folded = path.normalize("NFC").toLowerCase();
    const other = known.get(folded);
    if (other === undefined) known.set(folded, path);
    else collisions.push({ path, other });
  }
  return collisions;
}
