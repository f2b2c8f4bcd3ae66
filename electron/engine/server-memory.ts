import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { utf8 } from "#shared/formats/encoding.ts";
import { replaceOwnFile } from "./platform/durable-file.ts";
import type { PathFamily } from "./licensing/path-family.ts";

/** What was learned of each licensing server, so that it is probed once and not at every start. */
export interface ServerMemory {
  pathFamily(apiUrl: string): PathFamily | null;
  learn(apiUrl: string, family: PathFamily): void;
}

const schema = z.record(z.string().max(2048), z.enum(["body", "path"]));

/** Forgetting is harmless: a file that is missing or damaged is begun anew. */
export function openServerMemory(home: string): ServerMemory {
  const path = join(home, "servers.json");
  const known = new Map(Object.entries(read(path)));
  return {
    pathFamily: (apiUrl) => known.get(apiUrl) ?? null,
    learn: (apiUrl, family) => {
      if (known.get(apiUrl) === family) return;
      known.set(apiUrl, family);
      replaceOwnFile(path, utf8(`${JSON.stringify(Object.fromEntries(known))}\n`));
    },
  };
}

function read(path: string): Record<string, PathFamily> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}
