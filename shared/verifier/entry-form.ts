import { canonicalObject, type JsonObject, own } from "./canonical.ts";
import { Refusal } from "./findings.ts";

/** C2SP entry bundles hold a length in 16 bits. */
export const mostEntryBytes = 65_535;

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** An entry that can be read. */
export interface ReadEntry {
  readonly entry: JsonObject;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Canonical JSON, version 1, a type and an instant in UTC. @throws Refusal entry-form */
export function readEntry(bytes: Uint8Array, index: number): ReadEntry {
  const refuse = (): Refusal => new Refusal("entry-form", { entry: index });
  let entry: JsonObject;
  try {
    entry = canonicalObject(bytes);
  } catch {
    throw refuse();
  }
  const [v, type, at] = [own(entry, "v"), own(entry, "type"), own(entry, "at")];
  const atMs = typeof at === "string" && instant.test(at) ? Date.parse(at) : Number.NaN;
  if (v !== 1 || typeof type !== "string" || Number.isNaN(atMs)) throw refuse();
  return { entry, type, atMs };
}
