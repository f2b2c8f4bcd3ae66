import { defineConfig } from "vitest/config";

/**
 * The window in a real browser: `vitest run --config test/e2e/vitest.config.ts`. Two files at a time, for a browser's
 * page keeps about one processor busy.
 */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/e2e/**/*.{spec,test}.ts"],
    globalSetup: [new URL("build-window.ts", import.meta.url).pathname],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
