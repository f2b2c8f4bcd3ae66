import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

/**
 * The command line, the programs it starts and the guest's agent as a few plain JavaScript files below `target`, as
 * packaging makes them: the emulated processor takes half a minute for the same in four hundred files of TypeScript.
 */
export async function writeBundle(checkout: string, target: string): Promise<void> {
  const drives = join(checkout, "electron", "engine", "drives");
  await build({
    configFile: false,
    root: checkout,
    logLevel: "error",
    ssr: { noExternal: true, target: "node", external: native },
    plugins: [
      { name: "plain-children", renderChunk: (code) => code.replaceAll(childEntry, "$1.js$2") },
      { name: "patience", transform: (code, id) => (id.endsWith("/drives/timeouts.ts") ? patient(code) : null) },
    ],
    build: {
      ssr: true,
      // As deep as the sources lie, so that what is found from there is found from here.
      outDir: join(target, "electron", "cli"),
      target: "node24",
      minify: false,
      rolldownOptions: {
        input: {
          main: join(checkout, "electron", "cli", "main.ts"),
          "worker-child": join(drives, "worker-child.ts"),
          "hotplug-child": join(drives, "hotplug-child.ts"),
          "guest-agent": join(import.meta.dirname, "guest-agent.ts"),
        },
        external: native,
        output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  cpSync(join(checkout, "package.json"), join(target, "package.json"));
  const ledger = join("electron", "engine", "ledger");
  mkdirSync(join(target, ledger), { recursive: true });
  const verifier = join(ledger, "verify.py");
  if (existsSync(join(checkout, verifier))) cpSync(join(checkout, verifier), join(target, verifier));
  await compileAhead(target);
}

/** Where the guest's Node finds what this one has compiled, relative to the application: most of a start is compiling. */
function cacheIn(application: string) {
  // By paths relative to the cache, since the application lies elsewhere in the guest (guest-init.sh).
  return { NODE_COMPILE_CACHE: join(application, "compiled"), NODE_COMPILE_CACHE_PORTABLE: "1" };
}

/** What the first of these compiles of a file is kept, so the one that goes deepest comes first. */
async function compileAhead(target: string): Promise<void> {
  const env = { PATH: process.env["PATH"], STATION_HOME: join(target, "..", "nobody"), ...cacheIn(target) };
  // Most say that options are missing; by then all of them is loaded.
  for (const command of ["drives", "arm", "provision", "resume"])
    await new Promise<void>((resolve) =>
      execFile(process.execPath, [join(target, "electron", "cli", "main.js"), command], { env }, () => resolve()),
    );
}

/** The emulated processor is some thirty times slower than a real one: the station waits longer for processes there, not for people. */
function patient(code: string): string {
  return code.replaceAll(
    /^(\s*(?:scan|probe|hotplugSilence|workerStart|fileOperation|bulkOperation|mount|unmount|powerOff|holders)Ms: )([\d_]+)/gm,
    (_, name: string, value: string) => `${name}10 * ${value}`,
  );
}

/** How the sources name the programs they start beside themselves. */
const childEntry = /(\.\/(?:[a-z]+-child|\$\{name\}))\.ts(["'`])/g;

const native = ["usb", "usb-detection", "drivelist"];
