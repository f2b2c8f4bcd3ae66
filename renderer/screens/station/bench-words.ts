import { errorMeanings, type ErrorCode } from "#shared/domain/errors.ts";
import { useText } from "../../text/use-text.ts";
import type { BenchSlot } from "./bench-tile.tsx";

/** What a slot says and asks, in the window's language; the engine's own words where there are none of ours. */
export function useBenchWords(): (tile: BenchSlot) => { readonly what: string; readonly todo: string } {
  const { text } = useText();
  const explain = useMessageWords();
  return (tile) => {
    const count = tile.devices > 0 ? text.station.counts.devices(tile.devices) : "";
    const what = tile.message === null ? [tile.label, count].filter(Boolean).join(" · ") : explain(tile.message);
    return { what, todo: text.bench.todo[tile.state] };
  };
}

/** Of a rule of armed mode, or of a failure's code. */
export function useMessageWords(): (message: { readonly code: string; readonly message: string }) => string {
  const { text } = useText();
  const ours: Readonly<Record<string, string>> = text.bench.message;
  return ({ code, message }) => {
    if (Object.hasOwn(ours, code)) return ours[code] ?? message;
    return isErrorCode(code) ? text.messages[code][0] : message;
  };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorMeanings, code);
}
