/** One file of the evidence. */
export interface SourceFile {
  /** Relative to what was handed over, `/` between folders. */
  readonly path: string;
  readonly sizeBytes: number;
  /** `other`: a link, pipe or device, which is never opened. */
  readonly kind: "file" | "other";
}

/** Where evidence is read from: a folder on disk, files dropped on a page, an archive. */
export interface FileSource {
  list(): Promise<readonly SourceFile[]>;
  /** The bytes in order, in pieces of any size. Throws or rejects when they cannot be read. */
  read(path: string): AsyncIterable<Uint8Array>;
}

/** A folder of a source, with names relative to it. */
export class Folder {
  readonly path: string;
  readonly #source: FileSource;
  readonly #files: ReadonlyMap<string, SourceFile>;

  /** @param path empty for everything that was handed over, else without a `/` at its end */
  constructor(source: FileSource, path: string, files: Iterable<SourceFile>) {
    this.path = path;
    this.#source = source;
    const prefix = path === "" ? "" : `${path}/`;
    this.#files = new Map(
      [...files].filter((file) => file.path.startsWith(prefix)).map((file) => [file.path.slice(prefix.length), file]),
    );
  }

  /** Relative to this folder, deeper ones too, sorted. */
  names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  file(name: string): SourceFile | null {
    return this.#files.get(name) ?? null;
  }

  /** As findings name it. */
  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}/${name}`;
  }

  inner(name: string): Folder {
    const path = this.pathOf(name);
    return new Folder(this.#source, path, this.#files.values());
  }

  chunks(name: string): AsyncIterable<Uint8Array> {
    return this.#source.read(this.pathOf(name));
  }
}
