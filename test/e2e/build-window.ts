import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly fakeEngineScript: string;
  }
}

const root = join(import.meta.dirname, "..", "..");

/** Builds the window once for all specs, and the fake engine as one script from the source that unit tests use. */
export default async function buildWindow(project: TestProject): Promise<void> {
  // The window as it ships; the runner's own setting would build React's development half.
  process.env["NODE_ENV"] = "production";
  await build({ configFile: join(root, "renderer", "vite.config.ts"), logLevel: "error" });
  const built = await build({
    configFile: false,
    root,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL("./inject-fake.ts", import.meta.url)), formats: ["iife"], name: "fake" },
    },
  });
  const output = Array.isArray(built) ? built[0]?.output : "output" in built ? built.output : undefined;
  const chunk = output?.[0];
  if (chunk?.type !== "chunk") throw new Error("the fake engine was not built");
  project.provide("fakeEngineScript", chunk.code);
}
