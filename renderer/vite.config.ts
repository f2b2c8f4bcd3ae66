import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Builds a window that runs under `default-src 'self'`: nothing inline, no data: addresses, relative paths only. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../dist/renderer",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
  },
});
