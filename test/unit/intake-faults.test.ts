import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { readRequests } from "../../electron/engine/intake/read-requests.ts";
import type { Files } from "../../electron/engine/platform/files.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { faultyFiles, Killed } from "../fakes/faulty-files.ts";
import { memoryFiles } from "../fakes/memory-files.ts";
import { stickWith } from "../fixtures/intake-stick.ts";

describe("a stick that fails", () => {
  const contents = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f/${i}.fingerprint.txt`, `finger-${i}`]));

  async function outcome(work: Promise<unknown>): Promise<string> {
    try {
      await work;
    } catch (error) {
      if (error instanceof StationError) return error.code;
      return error instanceof Killed ? "killed" : String(error);
    }
    return "done";
  }

  test.each(["vfat", "exfat", "ext"] as const)(
    "by being pulled at any moment is gone, never empty (%s)",
    async (fileSystem) => {
      const dry = faultyFiles(stickWith(contents));
      await readRequests(dry, "/stick");
      for (let n = 0; n < dry.operations.length; n++) {
        const stick = stickWith(contents);
        stick.putFolder("/sys/block/sda");
        const mark = { device: 1, inode: (await stick.stat("/stick"))?.inode ?? 0, blockDevice: "/sys/block/sda" };
        let left = n;
        const pulling: Files = new Proxy(stick, {
          get: (target, name, receiver) => {
            if (left-- === 0) stick.pull(fileSystem);
            return Reflect.get(target, name, receiver) as unknown;
          },
        });
        expect(await outcome(readRequests(pulling, "/stick", { stick: mark }))).toBe("STICK_GONE");
      }
    },
  );

  test("by having been replaced is gone", async () => {
    const stick = stickWith(contents);
    expect(await outcome(readRequests(stick, "/stick", { stick: { device: 1, inode: 999 } }))).toBe("STICK_GONE");
  });

  test("by not being there, or not being a folder", async () => {
    expect(await outcome(readRequests(memoryFiles(), "/stick"))).toBe("STICK_GONE");
    const files = memoryFiles();
    files.put("/stick", "x");
    expect(await outcome(readRequests(files, "/stick"))).toBe("STICK_UNSAFE");
  });

  test("in one file or folder reports it and goes on, and a killed process just ends", async () => {
    const dry = faultyFiles(stickWith(contents));
    await readRequests(dry, "/stick");
    for (const [index, operation] of dry.operations.entries()) {
      const faulty = (kind: "lost" | "killed") => faultyFiles(stickWith(contents), { at: index + 1, kind });
      expect(await outcome(readRequests(faulty("killed"), "/stick"))).toBe("killed");
      if (operation.startsWith("read ")) {
        const report = await readRequests(faulty("lost"), "/stick");
        expect(report.requests).toHaveLength(11);
        expect(report.rejected).toEqual([
          {
            path: operation.slice("read /stick/".length),
            line: null,
            code: "REQUEST_UNREADABLE",
            message: "The file could not be read. Check its permissions, or copy it to the stick again.",
          },
        ]);
      } else if (operation === "list /stick/f") {
        const report = await readRequests(faulty("lost"), "/stick");
        expect(report.rejected.map(({ path, code }) => [path, code])).toEqual([["f", "REQUEST_UNREADABLE"]]);
      } else {
        expect(await outcome(readRequests(faulty("lost"), "/stick"))).toMatch(/^STICK_/);
      }
    }
  });
});

describe("on a real file system", () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "intake-"));
    root = join(folder, "stick");
    mkdirSync(root);
    writeFileSync(join(root, "good.fingerprint.txt"), "good-fingerprint\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function rejections(): Promise<readonly (readonly [string, string])[]> {
    const report = await readRequests(nodeFiles, root);
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["good-fingerprint"]);
    return report.rejected.map(({ path, code }) => [path, code] as const);
  }

  test("links out of the stick and loops of links are reported and not followed", async () => {
    writeFileSync(join(folder, "outside.fingerprint.txt"), "outside-fingerprint");
    symlinkSync("../outside.fingerprint.txt", join(root, "out.fingerprint.txt"));
    symlinkSync("good.fingerprint.txt", join(root, "twin.fingerprint.txt"));
    symlinkSync(".", join(root, "loop"));
    mkdirSync(join(root, "a"));
    symlinkSync("..", join(root, "a", "up"));
    expect(await rejections()).toEqual([
      ["a/up", "REQUEST_NOT_A_FILE"],
      ["loop", "REQUEST_NOT_A_FILE"],
      ["out.fingerprint.txt", "REQUEST_NOT_A_FILE"],
      ["twin.fingerprint.txt", "REQUEST_NOT_A_FILE"],
    ]);
  });

  test("a pipe and a folder under a request's name are reported and not opened", async () => {
    execFileSync("mkfifo", [join(root, "pipe.fingerprint.txt")]);
    mkdirSync(join(root, "folder.fingerprint.json"));
    expect(await rejections()).toEqual([
      ["folder.fingerprint.json", "REQUEST_NOT_A_FILE"],
      ["pipe.fingerprint.txt", "REQUEST_NOT_A_FILE"],
    ]);
  });

  test("a file of 1 GB is reported and not read", async () => {
    for (const name of ["big.fingerprint.txt", "big.fingerprint.json", "fingerprints.csv"]) {
      writeFileSync(join(root, name), "");
      truncateSync(join(root, name), 1_000_000_000);
    }
    expect(await rejections()).toEqual([
      ["big.fingerprint.json", "REQUEST_TOO_LARGE"],
      ["big.fingerprint.txt", "REQUEST_TOO_LARGE"],
      ["fingerprints.csv", "REQUEST_TOO_LARGE"],
    ]);
  });

  test.skipIf(process.platform !== "linux")(
    "names that are not clean UTF-8 are reported where they matter",
    async () => {
      const at = (...name: readonly (string | number)[]) =>
        Buffer.concat([
          Buffer.from(`${root}/`),
          ...name.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))),
        ]);
      writeFileSync(at("bad", 0xff, ".fingerprint.txt"), "12345678");
      writeFileSync(at("song", 0xe9, ".mp3"), "x");
      writeFileSync(at("esc", 0x1b, ".fingerprint.txt"), "12345678");
      writeFileSync(at("line\nbreak.fingerprint.json"), "{}");
      mkdirSync(at("dir", 0xff));
      writeFileSync(at("dir", 0xff, "/x.fingerprint.txt"), "12345678");
      expect(await rejections()).toEqual([
        ["bad\ufffd.fingerprint.txt", "REQUEST_NAME_ENCODING"],
        ["dir\ufffd", "REQUEST_NAME_ENCODING"],
        ["esc\\x1b.fingerprint.txt", "REQUEST_NAME_ENCODING"],
        ["line\\x0abreak.fingerprint.json", "REQUEST_NAME_ENCODING"],
      ]);
    },
  );

  test.skipIf(process.getuid?.() === 0)("an unreadable file is reported with what the system said", async () => {
    writeFileSync(join(root, "x.fingerprint.txt"), "12345678", { mode: 0 });
    expect(await rejections()).toEqual([["x.fingerprint.txt", "REQUEST_UNREADABLE"]]);
  });

  test("a pull is noticed by the root having become another folder", async () => {
    mkdirSync(join(root, "f"));
    const files: Files = {
      ...nodeFiles,
      read: async (path, maxBytes) => {
        const bytes = await nodeFiles.read(path, maxBytes);
        rmSync(root, { recursive: true });
        mkdirSync(join(dirname(root), "spare"));
        mkdirSync(root);
        return bytes;
      },
    };
    await expect(readRequests(files, root)).rejects.toMatchObject({ code: "STICK_GONE" });
  });
});
