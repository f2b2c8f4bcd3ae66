import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

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

/** A file that goes beside the program as it is. */
function carried(fileName: string, source: string): Plugin {
  return {
    name: `carry-${fileName}`,
    generateBundle() {
      this.emitFile({ type: "asset", fileName, source: readFileSync(join(here, source)) });
    },
  };
}
