import { addAbortSignal, type Readable } from "node:stream";
import { isStickDecision } from "#shared/domain/stick-decision.ts";
import type { HeldStick } from "../engine/handlers/bench/slot-choices.ts";
import { usage } from "./args.ts";

/** The line that decides about a held stick as it was told of; `parseDecision` reads it. */
export function decisionLine({ slot, reason, stick }: HeldStick): string {
  return `accept ${slot} ${reason} ${stick}`;
}

/** @throws StationError USAGE */
export function parseDecision(line: string): HeldStick {
  const [, slot, reason = "", stick = ""] = /^accept ([1-9]\d?) ([a-z-]{1,32}) (stick-[0-9a-f]{24})$/.exec(line) ?? [];
  if (slot === undefined || !isStickDecision(reason))
    throw usage("A decision is the line that its slot told last, as it stands: accept SLOT REASON STICK.");
  return { slot: Number(slot), reason, stick };
}

const mostBytes = 1024;

/**
 * Lines of UTF-8 until the input or `signal` ends. Of a line that is too long its beginning comes, which means nothing to
 * anybody; empty lines don't come.
 */
export async function* linesOf(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of addAbortSignal(signal, input.setEncoding("utf8"))) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = (lines.pop() ?? "").slice(0, mostBytes);
      for (const line of lines) if (line.trim() !== "") yield line.trim().slice(0, mostBytes);
    }
    if (rest.trim() !== "") yield rest.trim();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
