import { basename } from "node:path";
import type { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import { parseStrictJson } from "#shared/formats/strict-json.ts";
import { readOwnFile, replaceOwnFile } from "../platform/durable-file.ts";

/** One small JSON file of the station's home. */
export interface Document<T> {
  get(): T;
  /** Durable on return. @throws StationError HOME_UNREADABLE; then the old value still stands */
  set(value: T): void;
}

const longestFile = 4 * 1024 * 1024;

/**
 * Opens the file, or starts with `initial` where there is none yet.
 * @throws StationError HOME_UNREADABLE when it is there and is not what the station writes
 */
export function openDocument<T>(path: string, schema: z.ZodType<T>, initial: T): Document<T> {
  let value = read(path, schema) ?? initial;
  return {
    get: () => value,
    set: (next) => {
      replaceOwnFile(path, utf8(`${JSON.stringify(schema.parse(next), null, 2)}\n`));
      value = next;
    },
  };
}

function read<T>(path: string, schema: z.ZodType<T>): T | null {
  const found = readOwnFile(path, longestFile);
  if (found === null) return null;
  const text = fromUtf8(found.bytes);
  try {
    if (text !== null) return schema.parse(parseStrictJson(text, { maxValues: 200_000 }));
  } catch {
    // Told below: the file's own words may hold anything.
  }
  throw new StationError(
    "HOME_UNREADABLE",
    `The station's ${basename(path)} is damaged. Restore it from a backup, or move it away to start with an empty one.`,
  );
}
