import type { Stick } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";

/** What is on a stick, in one line. */
export function useStickWords(): (stick: Stick) => string {
  const { text } = useText();
  const counts = text.station.counts;
  return (stick) => {
    if (stick.state === "reading") return stick.label;
    const parts = [stick.requests > 0 ? counts.devices(stick.requests) : counts.nothing];
    if (stick.alreadyProvisioned > 0) parts.push(counts.already(stick.alreadyProvisioned));
    if (stick.refused > 0) parts.push(counts.refused(stick.refused));
    if (stick.conflicts > 0) parts.push(counts.conflicts(stick.conflicts));
    return parts.join(" · ");
  };
}
