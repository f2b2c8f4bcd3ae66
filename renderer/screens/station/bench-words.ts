import { errorMeanings, type ErrorCode } from "#shared/domain/errors.ts";
import { guardValues } from "../../model/guard-values.ts";
import { slotCounts } from "../../model/slot-counts.ts";
import { useText } from "../../text/use-text.ts";
import type { BenchSlot } from "./bench-tile.tsx";

type Message = NonNullable<BenchSlot["message"]>;

interface MessageWords {
  /** Short enough for a tile. */
  readonly what: string;
  /** What it means and what to do, a sentence each. */
  readonly more: readonly string[];
}

/** What a slot says and asks, in the window's language. */
export function useBenchWords(): (tile: BenchSlot) => { readonly what: string; readonly todo: string } {
  const { text } = useText();
  const explain = useMessageWords();
  return ({ state, label, devices, message }) => {
    const count = devices > 0 ? text.station.counts.devices(devices) : "";
    const what = [label, count].filter(Boolean).join(" · ");
    return { what, todo: message === null ? text.bench.todo[state] : explain(message).what };
  };
}

/** Of the guard's reason, of a rule of armed mode, or of a failure's code; the engine's own words where we have none. */
export function useMessageWords(): (message: Message) => MessageWords {
  const { text, language } = useText();
  return ({ code, message, details }) => {
    const reason = details?.["reason"];
    if (isKeyOf(text.guard.what, reason)) {
      const values = guardValues(details, language);
      return { what: text.guard.what[reason](values), more: [text.guard.next[reason](values)] };
    }
    if (isKeyOf(text.bench.message, code)) {
      return { what: text.bench.message[code], more: [text.bench.more[code](slotCounts(details))] };
    }
    if (!isErrorCode(code)) return { what: message, more: [] };
    const [what, ...more] = text.messages[code];
    return { what, more };
  };
}

function isKeyOf<T extends object>(texts: T, key: unknown): key is keyof T {
  return typeof key === "string" && Object.hasOwn(texts, key);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorMeanings, code);
}
