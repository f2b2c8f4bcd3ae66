import { isEqual, join } from "./bytes.ts";
import { type Findings, Refusal } from "./findings.ts";
import { readFile } from "./read.ts";
import type { Folder } from "./source.ts";
import { type Tile, tilePath } from "./tree.ts";

/** Holds the files under `tile/` against the tree that grows from the entries, tile by tile. */
export class TileCheck {
  readonly #folder: Folder;
  readonly #findings: Findings;
  readonly #expected = new Set<string>();
  #bundle: Uint8Array[] = [];

  constructor(folder: Folder, findings: Findings) {
    this.#folder = folder;
    this.#findings = findings;
  }

  /** The next entry, for its bundle. */
  add(entry: Uint8Array): void {
    this.#bundle.push(Uint8Array.of(entry.length >> 8, entry.length & 255), entry.slice());
  }

  async compare({ level, index, hashes }: Tile): Promise<void> {
    await this.#hold(tilePath(level, index, hashes.length), join(...hashes));
    if (level > 0) return;
    await this.#hold(tilePath("entries", index, hashes.length), join(...this.#bundle));
    this.#bundle = [];
  }

  /** Whatever lies there and belongs to no tree of this size. */
  finish(): void {
    for (const name of this.#folder.names()) {
      if (name.startsWith("tile/") && !this.#expected.has(name))
        this.#findings.add("tile-stray", this.#folder.pathOf(name));
    }
  }

  async #hold(name: string, wanted: Uint8Array): Promise<void> {
    this.#expected.add(name);
    this.#findings.looked("tiles");
    await this.#findings.trying(this.#folder.pathOf(name), async () => {
      const found = await readFile(this.#folder, name, wanted.length).catch(orLonger);
      if (!isEqual(found, wanted)) throw new Refusal("tile-differs");
    });
  }
}

/** A tile that is longer than it can be differs like any other. */
function orLonger(error: unknown): Uint8Array {
  if (error instanceof Refusal && error.code === "too-large") throw new Refusal("tile-differs");
  throw error;
}
