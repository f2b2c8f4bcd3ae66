import type { FileSource, SourceFile } from "#shared/verifier/source.ts";

/** Files that were handed to the page, by the path under which they were. */
export type HandedFiles = ReadonlyMap<string, File>;

/** What was dropped: files, and folders with all that is in them. Must be called before the drop's handler returns. */
export function filesDropped(transfer: DataTransfer): Promise<HandedFiles> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...transfer.files];
  return entries.length === 0 ? Promise.resolve(filesPicked(plain)) : filesBelow(entries);
}

/** What was chosen in a dialog, of files or of a folder. */
export function filesPicked(files: Iterable<File>): HandedFiles {
  return new Map(
    [...files].map((file) => [file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, file]),
  );
}

export function sourceOf(files: HandedFiles): FileSource {
  const listed = [...files].map(([path, file]): SourceFile => ({ path, sizeBytes: file.size, kind: "file" }));
  return {
    list: async () => listed,
    read: (path) => piecesOf(files.get(path) ?? new Blob()),
  };
}

async function* piecesOf(file: Blob): AsyncGenerator<Uint8Array> {
  // Small files arrive whole: a stream costs more than it saves.
  if (file.size <= wholeBytes) return yield new Uint8Array(await file.arrayBuffer());
  for (let from = 0; from < file.size; from += wholeBytes) {
    yield new Uint8Array(await file.slice(from, from + wholeBytes).arrayBuffer());
  }
}

const wholeBytes = 1 << 20;

async function filesBelow(entries: readonly FileSystemEntry[]): Promise<HandedFiles> {
  const files = new Map<string, File>();
  for (const entry of entries) await collect(entry, files);
  return files;
}

async function collect(entry: FileSystemEntry, files: Map<string, File>): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    files.set(path, await new Promise<File>((done, refuse) => (entry as FileSystemFileEntry).file(done, refuse)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder tells its content in portions; an empty one is the end.
    const portion = await new Promise<readonly FileSystemEntry[]>((done, refuse) => reader.readEntries(done, refuse));
    if (portion.length === 0) return;
    for (const below of portion) await collect(below, files);
  }
}
