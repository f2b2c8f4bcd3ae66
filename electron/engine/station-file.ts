import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { hex, utf8 } from "#shared/formats/encoding.ts";
import { errnoOf } from "./platform/os-errors.ts";
import type { Random } from "./platform/random.ts";
import { replaceOwnFile } from "./platform/durable-file.ts";

/** Given once, when the home is made: the name is the ledger's origin and the name in its key, so it never changes. */
const schema = z.strictObject({
  v: z.literal(1),
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62}[A-Za-z0-9])?$/),
  /** Set once the ledger was made: from then on a missing ledger is a loss, not a beginning. */
  has_ledger: z.literal(true).optional(),
});
type StationFile = z.infer<typeof schema>;

/**
 * The station's name, made at first use: `wanted`, or one of its own.
 * @throws StationError HOME_UNREADABLE; USAGE for a name that cannot be an origin
 */
export function stationName(home: string, wanted: string | null, random: Random): string {
  const path = join(home, "station.json");
  const known = read(path);
  if (known !== null) return known.name;
  const parsed = schema.safeParse({ v: 1, name: wanted ?? `station-${hex(random.bytes(4))}` });
  if (!parsed.success) {
    throw new StationError(
      "USAGE",
      "A station's name is 1 to 64 letters, digits and . _ - / and begins and ends with a letter or digit.",
    );
  }
  mkdirSync(home, { recursive: true, mode: 0o700 });
  write(path, parsed.data);
  return parsed.data.name;
}

/** Null when the home was never used. */
export function knownStationName(home: string): string | null {
  return read(join(home, "station.json"))?.name ?? null;
}

/** Whether this home ever had a ledger. */
export function hadLedger(home: string): boolean {
  return read(join(home, "station.json"))?.has_ledger === true;
}

export function rememberLedger(home: string): void {
  const path = join(home, "station.json");
  const known = read(path);
  if (known !== null && known.has_ledger !== true) write(path, { ...known, has_ledger: true });
}


function write(path: string, file: StationFile): void {
  replaceOwnFile(path, utf8(`${JSON.stringify(file)}\n`));
}

function read(path: string): StationFile | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw unreadable();
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw unreadable();
  }
}

function unreadable(): StationError {
  return new StationError(
    "HOME_UNREADABLE",
    "The station's data folder holds a station.json that cannot be read. Restore it from a backup, or name another folder with --home.",
  );
}
