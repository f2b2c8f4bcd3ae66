import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import type { Files } from "../../electron/engine/platform/files.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { memoryFiles } from "../fakes/memory-files.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, "platform-files-"));
  folders.push(folder);
  return folder;
}

const text = (content: string) => new TextEncoder().encode(content);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StationError) return error.code;
    throw error;
  }
  return "done";
}

// The fake is only worth something as long as it behaves as the real one does.
describe.each<
  [
    string,
    () => { files: Files; root: string; readonly link: (path: string) => void; readonly pipe: (path: string) => void },
  ]
>([
  [
    "the real file system",
    () => ({
      files: nodeFiles,
      root: temporaryFolder(),
      link: (path) => symlinkSync("/etc", path),
      pipe: (path) => execFileSync("mkfifo", [path]),
    }),
  ],
  [
    "the one in memory",
    () => {
      const files = memoryFiles();
      files.putFolder("/stick");
      return {
        files,
        root: "/stick",
        link: (path) => files.putOther(path, "link"),
        pipe: (path) => files.putOther(path, "other"),
      };
    },
  ],
])("%s", (_, make) => {
  test("gives back the bytes that were written", async () => {
    const { files, root } = make();
    const path = join(root, "a");
    await files.writeNew(path, text("abc"));
    await files.sync(path);
    await files.syncDirectory(root);
    expect(await files.read(path, 3)).toEqual(text("abc"));
    expect((await files.readBack(path, 3)).bytes).toEqual(text("abc"));
    expect(await files.stat(path)).toMatchObject({ kind: "file", sizeBytes: 3 });
  });

  test("reads and reads back the empty file", async () => {
    const { files, root } = make();
    await files.writeNew(join(root, "a"), text(""));
    expect(await files.read(join(root, "a"), 0)).toEqual(text(""));
    expect((await files.readBack(join(root, "a"), 0)).bytes).toEqual(text(""));
  });

  test("says null for what is not there, also below a file", async () => {
    const { files, root } = make();
    await files.writeNew(join(root, "a"), text("abc"));
    expect(await files.stat(join(root, "b"))).toBe(null);
    expect(await files.stat(join(root, "a", "b"))).toBe(null);
    expect(await codeOf(files.read(join(root, "b"), 10))).toBe("STICK_GONE");
    expect(await codeOf(files.list(join(root, "b"), 10))).toBe("STICK_GONE");
    expect(await codeOf(files.rename(join(root, "b"), join(root, "c")))).toBe("STICK_GONE");
  });

  test("refuses a file over the cap", async () => {
    const { files, root } = make();
    await files.writeNew(join(root, "a"), text("abcd"));
    expect(await codeOf(files.read(join(root, "a"), 3))).toBe("REQUEST_TOO_LARGE");
    expect(await codeOf(files.readBack(join(root, "a"), 3))).toBe("REQUEST_TOO_LARGE");
  });

  test("never opens a pipe, a link or a folder as a file", async () => {
    const { files, root, link, pipe } = make();
    link(join(root, "link"));
    pipe(join(root, "pipe"));
    await files.makeDirectory(join(root, "folder"));
    for (const name of ["link", "pipe", "folder"]) {
      expect(await codeOf(files.read(join(root, name), 10))).toBe("REQUEST_NOT_A_FILE");
      expect(await codeOf(files.readBack(join(root, name), 10))).toBe("REQUEST_NOT_A_FILE");
    }
    const entries = await files.list(root, 10);
    expect(Object.fromEntries(entries.map((entry) => [entry.name, entry.kind]))).toEqual({
      link: "link",
      pipe: "other",
      folder: "directory",
    });
    expect((await files.stat(join(root, "link")))?.kind).toBe("link");
  });

  test("lists no folder through a link and none that is a file", async () => {
    const { files, root, link } = make();
    link(join(root, "link"));
    await files.writeNew(join(root, "file"), text("abc"));
    expect(await codeOf(files.list(join(root, "link"), 10))).toBe("STICK_UNSAFE");
    expect(await codeOf(files.list(join(root, "file"), 10))).toBe("STICK_UNSAFE");
  });

  test("lists one entry more than asked for when there are more", async () => {
    const { files, root } = make();
    for (const name of ["a", "b", "c", "d"]) await files.writeNew(join(root, name), text(name));
    expect(await files.list(root, 2)).toHaveLength(3);
    expect(await files.list(root, 4)).toHaveLength(4);
  });

  test("makes nothing where something is", async () => {
    const { files, root, link } = make();
    await files.writeNew(join(root, "a"), text("old"));
    link(join(root, "link"));
    for (const name of ["a", "link"]) {
      expect(await codeOf(files.writeNew(join(root, name), text("new")))).toBe("STICK_BUSY");
      expect(await codeOf(files.makeDirectory(join(root, name)))).toBe("STICK_BUSY");
    }
    expect(await files.read(join(root, "a"), 10)).toEqual(text("old"));
  });

  test("renames over a file but never over a folder, even an empty one", async () => {
    const { files, root } = make();
    await files.writeNew(join(root, "a"), text("a"));
    await files.writeNew(join(root, "b"), text("b"));
    await files.makeDirectory(join(root, "c"));
    await files.makeDirectory(join(root, "d"));
    await files.rename(join(root, "a"), join(root, "b"));
    expect(await files.read(join(root, "b"), 10)).toEqual(text("a"));
    expect(await codeOf(files.rename(join(root, "c"), join(root, "d")))).toBe("STICK_BUSY");
    expect(await codeOf(files.rename(join(root, "b"), join(root, "d")))).toBe("STICK_BUSY");
    await files.rename(join(root, "c"), join(root, "e"));
    expect(await files.stat(join(root, "c"))).toBe(null);
    expect((await files.stat(join(root, "e")))?.kind).toBe("directory");
  });

  test("removes a file, a link and a whole tree, and minds nothing that is not there", async () => {
    const { files, root, link } = make();
    await files.makeDirectory(join(root, "tree"));
    await files.makeDirectory(join(root, "tree", "below"));
    await files.writeNew(join(root, "tree", "below", "a"), text("a"));
    link(join(root, "tree", "link"));
    await files.writeNew(join(root, "b"), text("b"));
    expect(await codeOf(files.remove(join(root, "tree")))).not.toBe("done");
    await files.remove(join(root, "b"));
    await files.remove(join(root, "b"));
    await files.removeTree(join(root, "tree"));
    await files.removeTree(join(root, "tree"));
    expect(await files.list(root, 10)).toEqual([]);
  });

  test("says how much room there is", async () => {
    const { files, root } = make();
    const { freeBytes, totalBytes } = await files.space(root);
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });
});

describe("on real volumes", () => {
  test("reads back many files at once, of sizes around a page, all exactly", async () => {
    const root = temporaryFolder();
    const sizes = [1, 511, 512, 513, 4095, 4096, 65_535, 65_536, 65_537, 131_072, 200_001];
    const files = Array.from({ length: 66 }, (_, i) => {
      const bytes = new Uint8Array(sizes[i % sizes.length] ?? 0).map((_, at) => (at * 31 + i) % 256);
      return { path: join(root, `${i}`), bytes };
    });
    for (const { path, bytes } of files) await nodeFiles.writeNew(path, bytes);
    const back = await Promise.all(files.map(({ path }) => nodeFiles.readBack(path, 1_000_000)));
    for (const [i, { bytes }] of back.entries()) expect(Buffer.compare(bytes, files[i]?.bytes ?? bytes)).toBe(0);
    const { fileSystem } = await nodeFiles.space(root);
    if (fileSystem === "ext") expect(new Set(back.map(({ how }) => how))).toEqual(new Set(["direct"]));
  });

  test.skipIf(!existsSync("/dev/shm"))("does not claim to have read past the cache of a RAM disk", async () => {
    const path = join(temporaryFolder("/dev/shm"), "a");
    await nodeFiles.writeNew(path, text("abc"));
    expect(await nodeFiles.readBack(path, 10)).toEqual({ bytes: text("abc"), how: "cached" });
    expect((await nodeFiles.space(path)).fileSystem).toBe("tmpfs");
  });

  test("refuses a sparse file of 1 GB without reading it", async () => {
    const path = join(temporaryFolder(), "a");
    writeFileSync(path, "");
    truncateSync(path, 1_000_000_000);
    expect(await codeOf(nodeFiles.read(path, 65_536))).toBe("REQUEST_TOO_LARGE");
  });

  test.skipIf(process.platform !== "linux")("shows names that are not UTF-8, and removes them", async () => {
    const root = temporaryFolder();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0x1b])]), "x");
    expect(await nodeFiles.list(root, 10)).toEqual([{ name: null, displayName: "f\ufffd\\x1b", kind: "file" }]);
    await nodeFiles.removeTree(root);
    expect(existsSync(root)).toBe(false);
  });

  test("leaves what a removed link points to", async () => {
    const root = temporaryFolder();
    const outside = temporaryFolder();
    writeFileSync(join(outside, "kept"), "x");
    symlinkSync(outside, join(root, "link"));
    await nodeFiles.removeTree(root);
    expect(readdirSync(outside)).toEqual(["kept"]);
  });

  test("a path that no system takes is a fault of ours", async () => {
    expect(await codeOf(nodeFiles.stat("/tmp/\0"))).toBe("INTERNAL");
  });
});
