import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import type { LedgerVerdict } from "./ledger/fsck.ts";
import { storedHead } from "./ledger/head-note.ts";
import { isOpenedWhole } from "./ledger/ledger.ts";
import { errnoOf } from "./platform/os-errors.ts";

/** When a home's ledger was last verified whole, and how that ended: LEDGER.md, "Opening". */

const schema = z.strictObject({ v: z.literal(1), size: z.int().min(0), at: z.iso.datetime() });

const longestMs = 7 * 86_400_000;
const mostEntries = 1_000_000;

/**
 * Whether the next opening must look at every entry: damage was found and not undone since, nobody knows when it was
 * last verified whole, or that is more than 7 days or 1,000,000 entries ago. What this reads is trusted for nothing else.
 */
export function isWholeDue(home: string, now: Date): boolean {
  if (existsSync(join(home, damagedName))) return true;
  const size = sizeOf(storedHead(join(home, "ledger.db")));
  if (size !== null && isOpenedWhole(size)) return false;
  const last = lastWhole(home);
  if (size === null || last === null) return true;
  const sinceMs = now.getTime() - Date.parse(last.at);
  const more = size - last.size;
  return sinceMs < 0 || sinceMs > longestMs || more < 0 || more > mostEntries;
}

/** Of a whole verification. A home that cannot be written is none that anything is appended in. */
export function rememberVerdict(home: string, { ok, size }: Pick<LedgerVerdict, "ok" | "size">, now: Date): void {
  try {
    if (!ok) return writeFileSync(join(home, damagedName), "", { mode: 0o600 });
    rmSync(join(home, damagedName), { force: true });
    // A smaller one is verified whole at every opening.
    if (isOpenedWhole(size)) return;
    const last = { v: 1, size, at: now.toISOString() };
    // Torn by a crash it says nothing, and the whole is verified once more.
    writeFileSync(join(home, verifiedName), `${JSON.stringify(last)}\n`, { mode: 0o600 });
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
}

const damagedName = "ledger.damaged";
const verifiedName = "ledger.verified";

function lastWhole(home: string): z.infer<typeof schema> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(home, verifiedName), "utf8")));
  } catch {
    return null;
  }
}

function sizeOf(note: string | null): number | null {
  try {
    return note === null ? null : parseCheckpoint(parseNote(note).text).size;
  } catch (error) {
    if (error instanceof StationError) return null;
    throw error;
  }
}
