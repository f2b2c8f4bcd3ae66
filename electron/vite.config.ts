import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
          child("worker-child"),
          child("hotplug-child"),
          child("drivelist-child"),
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

/** A program that the engine runs in a process of its own: one file without dependencies beside the main program. */
function child(name: string): Plugin {
  return {
    name: `child-${name}`,
    async writeBundle({ dir }) {
      const config: InlineConfig = {
        configFile: false,
        root: here,
        logLevel: "warn",
        ssr: { noExternal: true, target: "node" },
        build: {
          ssr: join(here, "engine", "drives", `${name}.ts`),
          outDir: dir ?? join(here, "..", "dist", "main"),
          emptyOutDir: false,
          target: "node24",
          minify: false,
          sourcemap: false,
          rolldownOptions: { output: { format: "es", entryFileNames: `${name}.js`, codeSplitting: false } },
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
