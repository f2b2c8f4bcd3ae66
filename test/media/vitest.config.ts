import { defineConfig } from "vitest/config";

/** The long part of the USB bench: `npm run test:media`. One guest at a time; it is slow, being emulated. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/media/**/*.test.ts"],
    testTimeout: 900_000,
    hookTimeout: 300_000,
    pool: "forks",
    fileParallelism: false,
    bail: 0,
  },
});
