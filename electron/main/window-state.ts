import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { parseStrictJson } from "#shared/formats/strict-json.ts";

const pixel = z.int().min(-100_000).max(100_000);
const size = z.int().min(200).max(100_000);
const bounds = z.strictObject({ x: pixel, y: pixel, width: size, height: size });
const schema = z.strictObject({ bounds: bounds.nullable(), maximized: z.boolean() });

export type Bounds = z.infer<typeof bounds>;
export type WindowState = Readonly<z.infer<typeof schema>>;

const firstState: WindowState = { bounds: null, maximized: false };

/** Where the window was; a file that is missing or damaged, or a screen that is gone, gives the first state. */
export function readWindowState(file: string, workAreas: readonly Bounds[]): WindowState {
  try {
    const state = schema.parse(parseStrictJson(readFileSync(file, "utf8")));
    const { bounds } = state;
    return bounds === null || workAreas.some((area) => overlaps(area, bounds)) ? state : { ...state, bounds: null };
  } catch {
    return firstState;
  }
}

/** A convenience: losing it is harmless, so it is replaced whole but never waited for. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    // The window opens in its first place next time.
  }
}

/** Enough of the title bar to grab. */
const grip = 100;

function overlaps(area: Bounds, window: Bounds): boolean {
  const across = Math.min(area.x + area.width, window.x + window.width) - Math.max(area.x, window.x);
  return across >= grip && window.y >= area.y && window.y <= area.y + area.height - grip;
}
