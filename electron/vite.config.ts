import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, defineConfig, type InlineConfig, type Plugin } from "vite";

const here = import.meta.dirname;
const vendorKeys = readdirSync(join(here, "engine/authority/vendor-keys")).filter((name) => name.endsWith(".pem"));

/**
 * The shell's two halves, each one file without dependencies: `--mode main` (a module, run by Electron's own Node) and
 * `--mode preload` (CommonJS, since a sandboxed preload script can be nothing else).
 */
export default defineConfig(({ mode }) => {
  const isPreload = mode === "preload";
  return {
    root: here,
    logLevel: "warn",
    ssr: { noExternal: true, target: "node" },
    plugins: isPreload
      ? []
      : [
          carried("verify.py", "engine/ledger/verify.py"),
          carried("icon.png", "main/icons/icon.png"),
          ...vendorKeys.map((name) => carried(`vendor-keys/${name}`, `engine/authority/vendor-keys/${name}`)),
          program("engine/drives/worker-child"),
          program("engine/drives/hotplug-child"),
          program("engine/drives/drivelist-child"),
          program("engine/ledger/csv-thread"),
        ],
    build: {
      ssr: join(here, isPreload ? "preload/preload.ts" : "main/main.ts"),
      outDir: join(here, "..", "dist", mode),
      emptyOutDir: true,
      target: "node24",
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        external: ["electron"],
        output: isPreload
          ? { format: "cjs", entryFileNames: "preload.cjs" }
          : { format: "es", entryFileNames: "main.js", codeSplitting: false },
      },
    },
  };
});

/** What the engine runs in a process or thread of its own: one file without dependencies beside the main program. */
function program(source: string): Plugin {
  return {
    name: `program-${source}`,
    async writeBundle({ dir }) {
      const config: InlineConfig = {
        configFile: false,
        root: here,
        logLevel: "warn",
        ssr: { noExternal: true, target: "node" },
        build: {
          ssr: join(here, `${source}.ts`),
          outDir: dir ?? join(here, "..", "dist", "main"),
          emptyOutDir: false,
          target: "node24",
          minify: false,
          sourcemap: false,
          rolldownOptions: { output: { format: "es", entryFileNames: `${basename(source)}.js`, codeSplitting: false } },
        },
      };
      await build(config);
    },
  };
}

/** A file that goes beside the program as it is. */
function carried(fileName: string, source: string): Plugin {
  return {
    name: `carry-${fileName}`,
    generateBundle() {
      this.emitFile({ type: "asset", fileName, source: readFileSync(join(here, source)) });
    },
  };
}
