import { defineConfig } from "vite";
import { singleFile } from "./single-file.ts";

/** Builds dist/auditor/verify.html: the auditor's verifier, whole in one file that works from a disk. */
export default defineConfig({
  root: "renderer/auditor",
  base: "./",
  plugins: [singleFile()],
  build: {
    outDir: "../../dist/auditor",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    sourcemap: false,
    cssCodeSplit: false,
    rollupOptions: { input: "renderer/auditor/verify.html" },
  },
});
