/**
 * Every touch of a stick goes through this, so that each can be made to fail. Paths are absolute. Links are never
 * followed in the last component. What the system reports is folded here, and nowhere else, into StationErrors
 * STICK_GONE, STICK_FULL, STICK_READ_ONLY, STICK_IO, STICK_BUSY or STICK_UNSAFE; "not there" is a value, not an error, where a caller can expect it.
 */
export interface Files {
  /** Null when there is nothing of that name. */
  stat(path: string): Promise<FileStat | null>;
  /** At most `limit` + 1 entries, in the system's order. Names that are not UTF-8 come with `name` null. */
  list(directory: string, limit: number): Promise<readonly DirectoryEntry[]>;
  /** A regular file of at most `maxBytes`; never blocks on a pipe. @throws StationError STICK_*, REQUEST_NOT_A_FILE, REQUEST_TOO_LARGE */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Reads past the page cache where the system lets it, and says whether it did. */
  readBack(path: string, maxBytes: number): Promise<{ readonly bytes: Uint8Array; readonly how: ReadBack }>;
  /** One new folder; fails when anything of that name is there. */
  makeDirectory(path: string): Promise<void>;
  /** A new file with exactly these bytes, not yet durable; fails when anything of that name is there. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Has everything written to a volume go to the medium in one go, so that the syncs after it find little to do; `path`
   * is the volume's own root, else nothing is done. A help and no promise: that it failed is told by those syncs.
   */
  syncVolume(path: string): Promise<void>;
  /** Forces a file's bytes to the medium. After a failure nothing written may be trusted. */
  sync(path: string): Promise<void>;
  /** Forces a folder's entries to the medium, where the system can. */
  syncDirectory(path: string): Promise<void>;
  /** Atomic within one volume. Replaces a file; a folder must not exist at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or link; nothing there is not an error. */
  remove(path: string): Promise<void>;
  /** Removes a folder and all in it without following links; nothing there is not an error. */
  removeTree(path: string): Promise<void>;
  space(
    path: string,
  ): Promise<{ readonly freeBytes: number; readonly totalBytes: number; readonly fileSystem: string }>;
}

export type ReadBack = "direct" | "cached";

export interface FileStat {
  readonly kind: "file" | "directory" | "link" | "other";
  readonly sizeBytes: number;
  /** Device and inode: the same pair is the same object while it is mounted. */
  readonly device: number;
  readonly inode: number;
}

export interface DirectoryEntry {
  readonly name: string | null;
  /** For messages: the name with what is not UTF-8 replaced and controls escaped. */
  readonly displayName: string;
  readonly kind: FileStat["kind"];
}
