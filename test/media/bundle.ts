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
    plugins: [{ name: "plain-children", renderChunk: (code) => code.replaceAll("-child.ts", "-child.js") }],
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
  mkdirSync(join(target, "node_modules"), { recursive: true });
  const ledger = join("electron", "engine", "ledger");
  mkdirSync(join(target, ledger), { recursive: true });
  const verifier = join(ledger, "verify.py");
  if (existsSync(join(checkout, verifier))) cpSync(join(checkout, verifier), join(target, verifier));
}

const native = ["usb", "usb-detection", "drivelist"];
