import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FuseV1Options, FuseVersion, getCurrentFuseWire } from "@electron/fuses";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hotplugProcess } from "../../electron/engine/drives/hotplug-process.ts";
import { openStickWorker } from "../../electron/engine/drives/stick-worker.ts";
import { forkWorker } from "../../electron/engine/drives/worker-process.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";

/**
 * Packages the app for real, around a stand-in for the Electron program: a file that holds nothing but the fuses'
 * marker. What goes into the archive, and how it is locked, is the same as with the real one.
 */
const root = join(import.meta.dirname, "..", "..");
const stockFuses = "101110001";
const fuseMarker = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";

let scratch: string;
let archive: Archive;
let archiveFile: string;
let program: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "station-packaging-"));
  const project = join(scratch, "project");
  mkdirSync(project);
  for (const folder of ["electron", "shared", "test", "renderer"])
    cpSync(join(root, folder), join(project, folder), { recursive: true });
  for (const file of ["electron-builder.yml", "LICENSE", "tsconfig.json"])
    cpSync(join(root, file), join(project, file));
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // One of the packages that are built in stands for all of them.
  const dependencies = { react: manifest.dependencies.react };
  writeFileSync(join(project, "package.json"), JSON.stringify({ ...manifest, dependencies }));
  mkdirSync(join(project, "node_modules", "left-over"), { recursive: true });
  for (const name of ["usb", "node-gyp-build", "@types/w3c-web-usb", "react"])
    cpSync(join(root, "node_modules", name), join(project, "node_modules", name), { recursive: true });
  writeFileSync(join(project, "node_modules", "left-over", "index.js"), "");

  const dist = join(project, "dist");
  build("renderer/vite.config.ts", "production", join(dist, "renderer"));
  for (const mode of ["main", "preload"]) build("electron/vite.config.ts", mode, join(dist, mode));
  writeFileSync(join(dist, "main", "main.js.map"), "{}");

  const electronDist = standInElectron(join(scratch, "electron"));
  run(
    join(root, "node_modules", "electron-builder", "out", "cli", "cli.js"),
    "--linux dir --publish never --projectDir"
      .split(" ")
      .concat(project, `-c.electronDist=${electronDist}`, "-c.electronVersion=45.4.1"),
  );
  const unpacked = join(project, "out", "linux-unpacked");
  program = join(unpacked, "licence-station");
  archiveFile = join(unpacked, "resources", "app.asar");
  archive = readArchive(archiveFile);
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the packaged app", () => {
  test("holds the three built parts, its manifest and the hotplug library, and nothing else", () => {
    const parts = new Set(
      archive.paths.map((path) =>
        path
          .split("/")
          .slice(0, path.startsWith("dist/") ? 2 : 1)
          .join("/"),
      ),
    );
    expect([...parts].sort()).toEqual(["dist/main", "dist/preload", "dist/renderer", "node_modules", "package.json"]);
    expect(archive.paths.filter((path) => path.startsWith("dist/main/")).sort()).toEqual([
      "dist/main/csv-thread.js",
      "dist/main/drivelist-child.js",
      "dist/main/hotplug-child.js",
      "dist/main/icon.png",
      "dist/main/main.js",
      "dist/main/verify.py",
      "dist/main/worker-child.js",
    ]);
    expect(archive.paths.filter((path) => path.startsWith("dist/preload/"))).toEqual(["dist/preload/preload.cjs"]);
  });

  test("has no browser host, no tests, no sources and no maps", () => {
    expect(archive.paths.filter((path) => /browser-host|test|\.tsx?$|\.map$|vite/.test(path))).toEqual([]);
    const main = archive.text("dist/main/main.js");
    expect(main).not.toMatch(/startBrowserHost|x-station-token|browser-host|givenFolders/i);
    expect(main).not.toMatch(/sourceMappingURL/);
  });

  test("has of others' packages only the hotplug library, for this platform alone, where the system can load it", () => {
    const packed = archive.paths.filter((path) => path.startsWith("node_modules/"));
    const others = packed.filter(
      (path) => !/^node_modules\/(?:usb|node-gyp-build)\/(?:.+\.js|package\.json|LICENSE)$/.test(path),
    );
    expect(others.length).toBeGreaterThan(0);
    for (const path of others) {
      expect(path).toMatch(new RegExp(`^node_modules/usb/prebuilds/linux-${process.arch}/[^/]+\\.node$`));
      expect(existsSync(join(`${archiveFile}.unpacked`, path))).toBe(true);
    }
  });

  test("hears of sticks by the library that it brings along", async () => {
    const app = join(scratch, "as-packaged");
    for (const path of archive.paths) {
      mkdirSync(dirname(join(app, path)), { recursive: true });
      const unpacked = join(`${archiveFile}.unpacked`, path);
      if (existsSync(unpacked)) cpSync(unpacked, join(app, path));
      else writeFileSync(join(app, path), archive.bytes(path));
    }
    const entry = pathToFileURL(join(app, "dist", "main", "hotplug-child.js"));
    const heard = await new Promise<string>((resolve) => {
      const stop = hotplugProcess({ clock: systemClock, entry }).start({
        nudge: () => {},
        ready: (library) => end(library),
        absent: (why) => end(why),
      });
      const end = (said: string): void => {
        stop();
        resolve(said);
      };
    });
    expect(heard).toBe("usb");
  });

  test("has the rehearsal's server and the auditor's program", () => {
    expect(archive.text("dist/main/main.js")).toContain("X-Licence-Sandbox");
    expect(archive.text("dist/main/verify.py")).toBe(
      readFileSync(join(root, "electron", "engine", "ledger", "verify.py"), "utf8"),
    );
  });

  test("starts with the shell, as a module that needs no package", () => {
    const manifest = JSON.parse(archive.text("package.json"));
    expect(manifest).toMatchObject({ main: "dist/main/main.js", type: "module", name: "licence-station" });
    expect(manifest).not.toHaveProperty("scripts");
    const imported = [...archive.text("dist/main/main.js").matchAll(/^import (?:.+ from )?"([^"]+)";$/gm)].map(
      ([, name]) => name,
    );
    expect(imported.filter((name) => name !== "electron" && name?.startsWith("node:") !== true)).toEqual([]);
    expect(imported).toContain("electron");
  });

  test("has its children as programs that need no package", () => {
    for (const name of ["worker-child", "hotplug-child", "drivelist-child", "csv-thread"]) {
      const program = archive.text(`dist/main/${name}.js`);
      const imported = [...program.matchAll(/^import (?:.+ from )?"([^"]+)";$/gm)].map(([, from]) => from);
      expect(imported.filter((from) => from?.startsWith("node:") !== true)).toEqual([]);
    }
  });

  test("has a preload script that reaches for nothing but the bridge and its messages", () => {
    const preload = archive.text("dist/preload/preload.cjs");
    expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(["electron"]);
    expect(new Set([...preload.matchAll(/electron\.(\w+)/g)].map(([, name]) => name))).toEqual(
      new Set(["contextBridge", "ipcRenderer"]),
    );
  });

  test("has a page with nothing inline and nothing from elsewhere", () => {
    const page = archive.text("dist/renderer/index.html");
    expect(page).not.toMatch(/<style|\son\w+=|javascript:|https?:/i);
    for (const [, attributes, content] of page.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
      expect(attributes).toMatch(/ src="\.\//);
      expect(content?.trim()).toBe("");
    }
  });

  test("names in the archive a digest for every file", () => {
    expect(archive.withoutIntegrity).toEqual([]);
  });

  test("has its fuses set: no Node, no debugger, no other app, cookies sealed, archive checked", async () => {
    expect(await getCurrentFuseWire(program)).toMatchObject({
      version: FuseVersion.V1,
      [FuseV1Options.RunAsNode]: off,
      [FuseV1Options.EnableCookieEncryption]: on,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
      [FuseV1Options.EnableNodeCliInspectArguments]: off,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: on,
      [FuseV1Options.OnlyLoadAppFromAsar]: on,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: off,
    });
  });
});

test("the built shell boots on a stand-in for Electron and provisions a rehearsal's stick", () => {
  const fake = join(root, "test", "fakes", "electron.ts");
  writeFileSync(
    join(scratch, "electron.mjs"),
    `import { fakeElectron } from ${JSON.stringify(fake)};
     export const fake = fakeElectron();
     export const { app, BrowserWindow, dialog, ipcMain, Menu, protocol, safeStorage, screen, session, utilityProcess } = fake.module;`,
  );
  writeFileSync(
    join(scratch, "drive.mjs"),
    `import { registerHooks } from "node:module";
     import { pathToFileURL } from "node:url";
     const url = pathToFileURL(${JSON.stringify(join(scratch, "electron.mjs"))}).href;
     registerHooks({ resolve: (name, context, next) => (name === "electron" ? { url, shortCircuit: true } : next(name, context)) });
     const { fake } = await import(url);
     await import(${JSON.stringify(join(scratch, "project", "dist", "main", "main.js"))});
     const turn = () => new Promise((resolve) => setImmediate(resolve));
     while (fake.window.loaded === null && fake.app.exited === null) await turn();
     const event = { sender: fake.contents, senderFrame: fake.contents.mainFrame };
     const call = async (name, input) => {
       const reply = await fake.handled.get("station:call")(event, name, input);
       if (!reply.ok) throw new Error(name + " " + JSON.stringify(reply));
       return reply.value;
     };
     await call("rehearsal.begin", {});
     const [stick] = await call("rehearsal.make-stick", { devices: 3 });
     const { id } = await call("batch.start", { stickId: stick.id, onConflict: "refuse" });
     let batch;
     do {
       await turn();
       batch = (await call("batch.list", { offset: 0, limit: 1 })).rows[0];
     } while (batch.phase !== "finished" && batch.problem === null);
     const proof = await call("batch.proof", { batch: id });
     console.log(JSON.stringify({ loaded: fake.window.loaded, phase: batch.phase, delivered: batch.delivered, files: proof.files > 6 }));
     fake.app.quit();`,
  );
  const home = join(scratch, "home");
  const { stdout, stderr } = spawnSync(process.execPath, [join(scratch, "drive.mjs")], {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, STATION_HOME: home },
  });
  expect(stderr.replaceAll(/^.*ExperimentalWarning.*\n.*\n/gm, "")).toBe("");
  expect(JSON.parse(stdout)).toEqual({ loaded: "station://window/", phase: "finished", delivered: 3, files: true });
});

test("the built worker works on a stick by itself", async () => {
  const stick = join(scratch, "stick");
  mkdirSync(stick);
  writeFileSync(join(stick, "note.txt"), "kept");
  const spawn = () => forkWorker(pathToFileURL(join(scratch, "project", "dist", "main", "worker-child.js")));
  const worker = await openStickWorker({ root: stick, mark: null, clock: systemClock, spawn });
  try {
    expect(worker.found).toMatchObject({ root: stick, identity: { volumeUuid: null } });
    expect(Buffer.from(await worker.files.read(join(stick, "note.txt"), 10)).toString()).toBe("kept");
    await expect(worker.files.writeNew(join(stick, "x"), new Uint8Array())).rejects.toMatchObject({
      code: "STICK_UNSAFE",
    });
  } finally {
    await worker.close();
  }
});

test("the installers that are promised are the ones that are asked for", () => {
  const config = readFileSync(join(root, "electron-builder.yml"), "utf8");
  for (const target of ["nsis", "portable", "dmg", "AppImage", "deb"])
    expect(config).toMatch(new RegExp(`target: ${target}\\b`));
  expect(config).toMatch(/target: dmg\s+arch: \[universal\]/);
});

test.each([
  ["icon.png", (bytes: Buffer) => bytes.subarray(1, 4).toString() === "PNG" && bytes.readUInt32BE(16) === 512],
  ["icon.ico", (bytes: Buffer) => bytes.readUInt16LE(2) === 1 && bytes.readUInt16LE(4) === 7],
  ["icon.icns", (bytes: Buffer) => bytes.toString("latin1", 0, 4) === "icns" && bytes.readUInt32BE(4) === bytes.length],
])("%s is what its name says, and small", (name, isRight) => {
  const bytes = readFileSync(join(root, "electron", "main", "icons", name));
  expect(isRight(bytes)).toBe(true);
  expect(bytes.length).toBeLessThan(64 * 1024);
});

// The bytes that stand for a fuse's state.
const on = "1".charCodeAt(0);
const off = "0".charCodeAt(0);

function build(config: string, mode: string, outDir: string): void {
  run(join(root, "node_modules", "vite", "bin", "vite.js"), [
    "build",
    "--config",
    config,
    "--mode",
    mode,
    "--outDir",
    outDir,
    "--emptyOutDir",
    "--logLevel",
    "error",
  ]);
}

function run(script: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stdout}${stderr}`);
}

function standInElectron(folder: string): string {
  mkdirSync(join(folder, "resources"), { recursive: true });
  mkdirSync(join(folder, "locales"));
  for (const name of ["LICENSE", "LICENSES.chromium.html", "version", "locales/en-US.pak", "locales/de.pak"])
    writeFileSync(join(folder, name), "");
  const wire = Buffer.concat([Buffer.from(fuseMarker), Buffer.from([1, stockFuses.length]), Buffer.from(stockFuses)]);
  writeFileSync(join(folder, "electron"), wire, { mode: 0o755 });
  return folder;
}

interface Archive {
  readonly paths: readonly string[];
  readonly withoutIntegrity: readonly string[];
  text(path: string): string;
  bytes(path: string): Uint8Array;
}

interface ArchiveNode {
  readonly files?: Readonly<Record<string, ArchiveNode>>;
  readonly size?: number;
  readonly offset?: string;
  readonly integrity?: { readonly hash: string };
}

/** asar: four little-endian lengths, a JSON directory, then the files' bytes one after the other. */
function readArchive(file: string): Archive {
  const bytes = readFileSync(file);
  const start = 8 + bytes.readUInt32LE(4);
  const directory: ArchiveNode = JSON.parse(bytes.toString("utf8", 16, 16 + bytes.readUInt32LE(12)));
  const found = new Map<string, ArchiveNode>();
  const visit = (node: ArchiveNode, path: string) => {
    for (const [name, child] of Object.entries(node.files ?? {})) {
      const inside = path === "" ? name : `${path}/${name}`;
      if (child.files === undefined) found.set(inside, child);
      else visit(child, inside);
    }
  };
  visit(directory, "");
  const contentOf = (path: string): Buffer => {
    const { offset = "0", size = 0 } = found.get(path) ?? {};
    return bytes.subarray(start + Number(offset), start + Number(offset) + size);
  };
  return {
    paths: [...found.keys()],
    withoutIntegrity: [...found]
      .filter(([, { integrity }]) => !/^[0-9a-f]{64}$/.test(integrity?.hash ?? ""))
      .map(([path]) => path),
    text: (path) => contentOf(path).toString("utf8"),
    bytes: contentOf,
  };
}
