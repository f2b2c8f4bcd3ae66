/**
 * What a volume holds in memory and what of it has reached the medium. A file's bytes reach it by sync; a name's
 * coming, going or moving by a sync of its folder. Each change of names is atomic; unsynced ones are lost or kept
 * independently of each other, which is more than any journal allows.
 */
export interface MemoryFile {
  readonly kind: "file";
  readonly inode: number;
  readonly bytes: Uint8Array;
  /** Null until the first sync: then a crash leaves the file empty. */
  durable: Uint8Array | null;
}

export interface MemoryFolder {
  readonly kind: "directory";
  readonly inode: number;
  /** By folded name. */
  entries: Map<string, MemoryEntry>;
  durable: Map<string, MemoryEntry>;
}

export interface MemoryOther {
  readonly kind: "link" | "other";
  readonly inode: number;
}

export type MemoryNode = MemoryFile | MemoryFolder | MemoryOther;

interface MemoryEntry {
  readonly name: string;
  readonly node: MemoryNode;
}

/** One name set to an entry, or taken away. */
export interface NameChange {
  readonly folder: MemoryFolder;
  readonly key: string;
  readonly entry: MemoryEntry | null;
}

export class MemoryDisk {
  readonly root: MemoryFolder;
  #inodes = 0;
  #pending: (readonly NameChange[])[] = [];

  constructor() {
    this.root = this.newFolder();
  }

  newFolder(): MemoryFolder {
    return { kind: "directory", inode: this.#nextInode(), entries: new Map(), durable: new Map() };
  }

  newFile(bytes: Uint8Array): MemoryFile {
    return { kind: "file", inode: this.#nextInode(), bytes: bytes.slice(), durable: null };
  }

  newOther(kind: "link" | "other"): MemoryOther {
    return { kind, inode: this.#nextInode() };
  }

  /** All of them or none survive a crash. */
  change(...changes: readonly NameChange[]): void {
    for (const { folder, key, entry } of changes) apply(folder.entries, key, entry);
    this.#pending.push(changes);
  }

  syncFolder(folder: MemoryFolder): void {
    // A change that spans two folders drags along what was pending in the other, so that nothing older is redone later.
    const folders = new Set([folder]);
    const due = new Set<readonly NameChange[]>();
    for (let grown = true; grown; ) {
      grown = false;
      for (const group of this.#pending) {
        if (due.has(group) || !group.some((change) => folders.has(change.folder))) continue;
        due.add(group);
        for (const change of group) folders.add(change.folder);
        grown = true;
      }
    }
    for (const group of this.#pending) if (due.has(group)) settle(group);
    this.#pending = this.#pending.filter((group) => !due.has(group));
  }

  syncEverything(): void {
    for (const group of this.#pending) settle(group);
    this.#pending = [];
    eachFile(this.root, (file) => {
      file.durable = file.bytes;
    });
  }

  /** Power is gone: `reached` is asked once for each thing not synced whether it had reached the medium all the same. */
  crash(reached: () => boolean): void {
    for (const group of this.#pending) if (reached()) settle(group);
    this.#pending = [];
    restore(this.root, reached, new Map());
  }

  #nextInode(): number {
    return ++this.#inodes;
  }
}

function apply(entries: Map<string, MemoryEntry>, key: string, entry: MemoryEntry | null): void {
  if (entry === null) entries.delete(key);
  else entries.set(key, entry);
}

function settle(group: readonly NameChange[]): void {
  for (const { folder, key, entry } of group) apply(folder.durable, key, entry);
}

/** `seen` maps a file to what became of it, for one file may stand under two names after a half-synced move. */
function restore(folder: MemoryFolder, reached: () => boolean, seen: Map<MemoryNode, MemoryNode>): void {
  const survivors = new Map<string, MemoryEntry>();
  for (const [key, { name, node }] of folder.durable) {
    let survivor = seen.get(node);
    if (survivor === undefined) {
      survivor = node.kind === "file" ? afterCrash(node, reached) : node;
      seen.set(node, survivor);
      if (survivor.kind === "directory") restore(survivor, reached, seen);
    }
    survivors.set(key, { name, node: survivor });
  }
  folder.entries = survivors;
  folder.durable = new Map(survivors);
}

function afterCrash(file: MemoryFile, reached: () => boolean): MemoryFile {
  if (file.durable === file.bytes) return file;
  const bytes = reached() ? file.bytes : (file.durable ?? new Uint8Array());
  return { kind: "file", inode: file.inode, bytes, durable: bytes };
}

function eachFile(folder: MemoryFolder, visit: (file: MemoryFile) => void): void {
  for (const { node } of folder.entries.values()) {
    if (node.kind === "file") visit(node);
    else if (node.kind === "directory") eachFile(node, visit);
  }
}
