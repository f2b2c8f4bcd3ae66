import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import type { SavedRegistry } from "./registry.ts";
import type { SavedSigningKeys } from "./signing-keys.ts";

/** Everything that outlives a restart. The root makes all keys again, so the file is as secret as they are. */
export interface SavedState {
  readonly version: 1;
  readonly root: string;
  readonly seeded: boolean;
  readonly keys: SavedSigningKeys;
  readonly registry: SavedRegistry;
}

const seconds = z.int();
const seat = z.strictObject({
  activationId: z.string(),
  licenseKey: z.string(),
  fingerprint: z.string(),
  deviceName: z.string().nullable(),
  metadata: z.custom<JsonObject>((value) => typeof value === "object" && value !== null).nullable(),
  activatedAt: seconds,
  deactivatedAt: seconds.nullable(),
  turn: z.int().min(0),
});
const change = z.strictObject({
  status: z.enum(["pending", "active", "suspended", "revoked", "expired"]).exactOptional(),
  seat_limit: z.int().min(1).nullable().exactOptional(),
  starts_at: seconds.nullable().exactOptional(),
  expires_at: seconds.nullable().exactOptional(),
});
const schema = z.strictObject({
  version: z.literal(1),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  seeded: z.boolean(),
  keys: z.strictObject({
    nextSerial: z.int().min(1),
    served: z.array(z.strictObject({ serial: z.int().min(1), createdAt: seconds })).min(1),
  }),
  registry: z.strictObject({ changes: z.record(z.string(), change), seats: z.array(seat) }),
});

/** Null when there is no such file yet. @throws StationError HOME_UNREADABLE */
export async function loadState(path: string): Promise<SavedState | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unreadable(error);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(error);
  }
}

/**
 * Saves whole snapshots, each replacing the file by one rename. Callers that come while a save runs share the next
 * one; each is answered only after a snapshot that was taken later than its call is on the disk.
 */
export function createStateSaver(path: string, snapshot: () => SavedState): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  const saveAfter = async (former: Promise<void>) => {
    // A failed save was told to those who waited for it; it is no reason not to try again.
    await former.catch(() => {});
    next = null;
    await replaceFile(path, JSON.stringify(snapshot()));
  };
  return () => {
    if (next === null) {
      next = saveAfter(running);
      running = next;
    }
    return next;
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.partial`;
  await writeDurably(temporary, text);
  await rename(temporary, path);
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function unreadable(cause: unknown): StationError {
  return new StationError(
    "HOME_UNREADABLE",
    "The sandbox state file cannot be read. Name another, or delete it to begin anew.",
    { cause },
  );
}
