import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { utf8 } from "#shared/formats/encoding.ts";
import { exportLedger } from "../../electron/engine/ledger/export.ts";
import { type ExportFiles, nodeExportFiles } from "../../electron/engine/ledger/export-files.ts";
import { ExportFolder } from "../../electron/engine/ledger/export-folder.ts";
import type { Ledger } from "../../electron/engine/ledger/ledger.ts";
import { faultyExportFiles } from "../fakes/faulty-export-files.ts";
import { Killed } from "../fakes/faulty-files.ts";
import { deviceNames, intended, type LedgerWorld, ledgerWorld } from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
let ledger: Ledger;
let out: string;
beforeEach(async () => {
  world = ledgerWorld();
  out = join(world.folder, "out", "export");
  ledger = await world.open();
  ledger.append(deviceNames(270).map((device) => intended("batch-0001", device)));
});
afterEach(() => {
  ledger.close();
  world.remove();
});

const partial = () => join(dirname(out), ".export.partial");
const exported = (files: ExportFiles) =>
  exportLedger(ledger, out, {
    publicKeys: { "ledger.vkey": utf8("key\n") },
    verifierPy: utf8("verifier"),
    verifierHtml: null,
    cosigned: [{ size: 7, note: "note\n" }],
    files,
  });

function contentOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, "latin1")]));
}

test("every file is forced, then every folder, the deepest first, then the whole gets its name, and the name is forced", async () => {
  const files = faultyExportFiles(nodeExportFiles);
  await exported(files);
  const done = files.operations.map((operation) => operation.replace(partial(), "P"));
  const firstFolder = done.findIndex((operation) => operation.startsWith("syncFolder"));
  const written = Object.keys(contentOf(out)).map((path) => `P${path}`);
  for (const path of written) {
    const isForced = done.slice(0, firstFolder).some((operation) => operation === `writeNew ${path}`);
    const [grown, forced] = [done.lastIndexOf(`append ${path}`), done.lastIndexOf(`sync ${path}`)];
    expect([path, isForced || (grown >= 0 && grown < forced && forced < firstFolder)]).toEqual([path, true]);
  }
  const made = done.filter((operation) => operation.startsWith("makeFolder")).map((line) => line.split(" ")[1] ?? "");
  const folders = done.slice(firstFolder, -2).map((line) => line.split(" ")[1] ?? "");
  expect([...folders].sort()).toEqual([...made].sort());
  for (const [i, folder] of folders.entries()) expect(folders.slice(0, i)).not.toContain(dirname(folder));
  expect(done.slice(-2)).toEqual([`rename ${out}`, `syncFolder ${dirname(out)}`]);
});

test.each(["lost", "kept", "killed", "lost and all after"] as const)(
  "whatever operation is %s, the export says so, and what has its name is whole",
  async (what) => {
    const counted = faultyExportFiles(nodeExportFiles);
    await exported(counted);
    const whole = contentOf(out);
    rmSync(out, { recursive: true });
    const fault = what === "lost and all after" ? ({ kind: "lost", andAllAfter: true } as const) : { kind: what };
    let named = 0;
    for (let at = 1; at <= counted.operations.length; at++) {
      const failure = await exported(faultyExportFiles(nodeExportFiles, { at, ...fault })).catch((e: unknown) => e);
      expect([at, failure instanceof Killed || failure]).toEqual([
        at,
        what === "killed" ? true : expect.objectContaining({ code: "STICK_IO" }),
      ]);
      // Of a folder that was made and reported as not made nobody knows.
      if (what === "lost" || what === "kept") expect(existsSync(partial()) ? contentOf(partial()) : {}).toEqual({});
      if (existsSync(out)) {
        named += 1;
        expect([at, contentOf(out)]).toEqual([at, whole]);
        rmSync(out, { recursive: true });
      }
      if (at % 8 !== 0) continue;
      await exported(nodeExportFiles);
      expect(contentOf(out)).toEqual(whole);
      rmSync(out, { recursive: true });
    }
    // The rename that was done all the same, and what comes after it.
    expect(named).toBe(what.startsWith("lost") ? 1 : 2);
  },
);

test("a file that grows long is forced while it grows, and not closed while that goes on", async () => {
  const events: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const files: ExportFiles = {
    ...nodeExportFiles,
    create: (path) => {
      const file = nodeExportFiles.create(path);
      return {
        append: (bytes) => file.append(bytes),
        sync: async () => {
          events.push("sync");
          if (events.length === 1) await held;
          await file.sync();
          events.push("synced");
        },
        close: () => {
          events.push("close");
          file.close();
        },
      };
    },
  };
  const folder = ExportFolder.begin(out, files);
  const file = folder.open("long");
  for (let mebibytes = 0; mebibytes < 20; mebibytes++) file.append(new Uint8Array(1024 * 1024));
  expect(events).toEqual(["sync"]);
  file.close();
  release();
  await folder.commit();
  expect(events).toEqual(["sync", "synced", "sync", "synced", "close"]);
  expect(readFileSync(join(out, "long")).length).toBe(20 * 1024 * 1024);
});
