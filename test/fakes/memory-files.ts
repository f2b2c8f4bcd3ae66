import { StationError } from "#shared/domain/errors.ts";
import type { Files, FileStat, ReadBack } from "../../electron/engine/platform/files.ts";
import { MemoryDisk, type MemoryFile, type MemoryFolder, type MemoryNode } from "./memory-disk.ts";

export interface MemoryFilesOptions {
  /** As on FAT and NTFS: names keep their case but are one whatever it is. */
  readonly caseInsensitive?: boolean;
  /** Room for files' bytes; unlimited unless told. */
  readonly capacityBytes?: number;
  /** What a file's size is rounded up to when room is counted. */
  readonly clusterBytes?: number;
  readonly fileSystem?: string;
  readonly readBack?: ReadBack;
}

export interface MemoryFiles extends Files {
  /** Puts a file there, folders and all, durably. */
  put(path: string, content: string | Uint8Array): void;
  putFolder(path: string): void;
  putOther(path: string, kind: "link" | "other"): void;
  /** Everything under `path`: files as UTF-8 text by relative path, folders as null under a name that ends in `/`. */
  tree(path: string): Readonly<Record<string, string | null>>;
  /** Changes a file's bytes behind everybody's back. */
  corrupt(path: string, change: (bytes: Uint8Array) => Uint8Array): void;
  /** Power loss and restart: what was not synced is gone, or was kept where `reached` says so. */
  crash(reached?: () => boolean): void;
  /** From now on everything answers as that file system does after its stick was pulled out. */
  pull(fileSystem: PulledFileSystem): void;
}

/** As measured on real sticks. Paths under /sys are the system's own and vanish with the stick. */
type PulledFileSystem = "vfat" | "exfat" | "ext";

/** A behaving file system in memory; paths are absolute and begin at an empty root. */
export function memoryFiles(options: MemoryFilesOptions = {}): MemoryFiles {
  const disk = new MemoryDisk();
  const fold = (name: string) => (options.caseInsensitive === true ? name.toLowerCase() : name);
  const cluster = options.clusterBytes ?? 1;
  const capacity = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
  const roomOf = (bytes: Uint8Array) => Math.ceil(bytes.length / cluster) * cluster;
  let pulled: PulledFileSystem | null = null;

  const find = (path: string): MemoryNode | null => {
    let node: MemoryNode = disk.root;
    for (const part of partsOf(path)) {
      const next: MemoryNode | undefined = node.kind === "directory" ? node.entries.get(fold(part))?.node : undefined;
      if (next === undefined) return null;
      node = next;
    }
    return node;
  };
  const folderAt = (path: string): MemoryFolder => {
    const node = find(path);
    if (node === null) throw gone(path);
    if (node.kind !== "directory") throw new StationError("STICK_UNSAFE", `${path} is not a folder.`);
    return node;
  };
  const placeOf = (path: string) => {
    const parts = partsOf(path);
    const name = parts.pop() ?? "";
    const folder = folderAt(`/${parts.join("/")}`);
    const key = fold(name);
    return { folder, key, name, there: folder.entries.get(key)?.node ?? null };
  };
  const used = (folder: MemoryFolder): number => {
    let sum = 0;
    for (const { node } of folder.entries.values()) {
      sum += node.kind === "file" ? roomOf(node.bytes) : node.kind === "directory" ? used(node) : 0;
    }
    return sum;
  };
  const fileAt = (path: string, maxBytes: number): MemoryFile => {
    if (pulled !== null) throw pulled === "vfat" ? gone(path) : io(path);
    const node = find(path);
    if (node === null) throw gone(path);
    if (node.kind !== "file") throw new StationError("REQUEST_NOT_A_FILE", `${path} is not a file.`);
    if (node.bytes.length > maxBytes) throw new StationError("REQUEST_TOO_LARGE", `${path} is too large.`);
    return node;
  };
  const creating = (path: string) => {
    if (pulled === "vfat") throw new StationError("STICK_FULL", `No space for ${path}.`);
    if (pulled === "exfat") throw io(path);
    if (pulled === "ext") throw readOnly(path);
    const place = placeOf(path);
    if (place.there !== null) throw new StationError("STICK_BUSY", `${path} is there already.`);
    return place;
  };
  const syncing = (path: string) => {
    if (pulled === "ext") throw readOnly(path);
    if (pulled !== null) throw io(path);
  };
  const put = (path: string, make: () => MemoryNode) => {
    const parts = partsOf(path);
    const last = parts.pop() ?? "";
    let folder: MemoryFolder = disk.root;
    for (const name of parts) {
      let next = folder.entries.get(fold(name))?.node;
      if (next === undefined)
        disk.change({ folder, key: fold(name), entry: { name, node: (next = disk.newFolder()) } });
      if (next.kind !== "directory") throw new Error(`${name} is not a folder`);
      folder = next;
    }
    if (last !== "") disk.change({ folder, key: fold(last), entry: { name: last, node: make() } });
    disk.syncEverything();
  };

  const operations: Synchronous<Files> = {
    stat: (path) => {
      if (pulled !== null && path.startsWith("/sys/")) return null;
      if (pulled === "vfat") return null;
      if (pulled === "exfat") throw io(path);
      const node = find(path);
      return node === null ? null : statOf(node);
    },
    list: (directory, limit) => {
      if (pulled === "vfat") return [];
      if (pulled === "exfat") throw io(directory);
      const entries = [...folderAt(directory).entries.values()].slice(0, limit + 1);
      return entries.map(({ name, node }) => ({ name, displayName: name, kind: node.kind }));
    },
    read: (path, maxBytes) => fileAt(path, maxBytes).bytes.slice(),
    readBack: (path, maxBytes) => ({
      bytes: fileAt(path, maxBytes).bytes.slice(),
      how: options.readBack ?? "direct",
    }),
    makeDirectory: (path) => {
      const { folder, key, name } = creating(path);
      disk.change({ folder, key, entry: { name, node: disk.newFolder() } });
    },
    writeNew: (path, bytes) => {
      const { folder, key, name } = creating(path);
      if (options.capacityBytes !== undefined && used(disk.root) + roomOf(bytes) > capacity) {
        // As on a real stick, the name is there and the bytes are not.
        disk.change({ folder, key, entry: { name, node: disk.newFile(new Uint8Array()) } });
        throw new StationError("STICK_FULL", `No space for ${path}.`);
      }
      disk.change({ folder, key, entry: { name, node: disk.newFile(bytes) } });
    },
    // What it may do at the worst: nothing.
    syncVolume: () => {},
    sync: (path) => {
      syncing(path);
      const node = fileAt(path, Number.MAX_SAFE_INTEGER);
      node.durable = node.bytes;
    },
    syncDirectory: (path) => {
      syncing(path);
      disk.syncFolder(folderAt(path));
    },
    rename: (from, to) => {
      if (pulled === "vfat") throw gone(from);
      syncing(from);
      const old = placeOf(from);
      if (old.there === null) throw gone(from);
      const place = placeOf(to);
      if (place.there?.kind === "directory") throw new StationError("STICK_BUSY", `${to} is a folder.`);
      if (old.there.kind === "directory" && place.there !== null)
        throw new StationError("STICK_UNSAFE", `${to} is a file.`);
      disk.change(
        { folder: old.folder, key: old.key, entry: null },
        { folder: place.folder, key: place.key, entry: { name: place.name, node: old.there } },
      );
    },
    remove: (path) => {
      if (pulled === "vfat") return;
      syncing(path);
      if (find(path) === null) return;
      const { folder, key, there } = placeOf(path);
      if (there?.kind === "directory") throw new StationError("STICK_BUSY", `${path} is a folder.`);
      disk.change({ folder, key, entry: null });
    },
    removeTree: (path) => {
      if (pulled === "vfat") return;
      syncing(path);
      if (find(path) === null) return;
      const { folder, key, there } = placeOf(path);
      if (there?.kind === "directory") {
        // One change for each name, as the system would do it: a crash midway leaves half a folder.
        for (const { name } of there.entries.values()) operations.removeTree(`${path}/${name}`);
      }
      disk.change({ folder, key, entry: null });
    },
    space: (path) => {
      if (pulled !== null) throw io(path);
      const fileSystem = options.fileSystem ?? "memory";
      return { freeBytes: Math.max(0, capacity - used(disk.root)), totalBytes: capacity, fileSystem };
    },
  };

  return {
    ...later(operations),
    put: (path, content) => {
      put(path, () => disk.newFile(typeof content === "string" ? new TextEncoder().encode(content) : content));
    },
    putFolder: (path) => {
      if (find(path) === null) put(path, () => disk.newFolder());
    },
    putOther: (path, kind) => {
      put(path, () => disk.newOther(kind));
    },
    tree: (path) => {
      const found: Record<string, string | null> = {};
      collect(folderAt(path), "", found);
      return found;
    },
    corrupt: (path, change) => {
      const { folder, key, name, there } = placeOf(path);
      if (there?.kind !== "file") throw new Error(`no file at ${path}`);
      disk.change({ folder, key, entry: { name, node: disk.newFile(change(there.bytes.slice())) } });
      disk.syncEverything();
    },
    crash: (reached = () => false) => {
      disk.crash(reached);
    },
    pull: (fileSystem) => {
      pulled = fileSystem;
    },
  };
}

type Synchronous<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
};

/** Each operation happens in one piece, a turn later than it was asked for, as if the system had done it. */
function later(operations: Synchronous<Files>): Files {
  const entries = Object.entries(operations).map(([name, run]) => [
    name,
    async (...args: never[]) => {
      await Promise.resolve();
      return (run as (...args: never[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(entries) as Files;
}

function partsOf(path: string): string[] {
  if (!path.startsWith("/")) throw new Error(`not an absolute path: ${path}`);
  return path.split("/").filter((part) => part !== "");
}

function statOf(node: MemoryNode): FileStat {
  return { kind: node.kind, sizeBytes: node.kind === "file" ? node.bytes.length : 0, device: 1, inode: node.inode };
}

function collect(folder: MemoryFolder, prefix: string, into: Record<string, string | null>): void {
  for (const { name, node } of [...folder.entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (node.kind === "directory") {
      into[`${prefix}${name}/`] = null;
      collect(node, `${prefix}${name}/`, into);
    } else into[prefix + name] = node.kind === "file" ? new TextDecoder().decode(node.bytes) : node.kind;
  }
}

function gone(path: string): StationError {
  return new StationError("STICK_GONE", `${path} is not there.`);
}

function io(path: string): StationError {
  return new StationError("STICK_IO", `Input or output fault at ${path}.`);
}

function readOnly(path: string): StationError {
  return new StationError("STICK_READ_ONLY", `${path} cannot be written.`);
}
