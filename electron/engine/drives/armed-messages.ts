import type { ArmedMessage } from "./armed-rules.ts";

/** What armed mode tells of a slot, besides what the rules find on its stick. */
export const armedMessages = {
  disarmed: { code: "disarmed", text: "The station is not armed. Arm it, then plug the stick in again." },
  stale: { code: "stale", text: "The stick was here before the station was armed. Pull it and plug it in again." },
  twin: {
    code: "twin",
    text: "A stick that cannot be told from this one is in another slot. Pull both and use one at a time.",
  },
  pulled: {
    code: "pulled",
    text: "The stick was pulled before it was finished. Nothing is lost. Plug the same stick in again.",
  },
  early: {
    code: "early",
    text: "The stick was pulled before the system let go of it. Plug it in again to have it checked.",
  },
  leftOut: (refused: number) => ({
    code: "left-out",
    text: `${refused} requests on this stick were left out, as decided.`,
    details: { refused },
  }),
} as const satisfies Record<string, ArmedMessage | ((count: number) => ArmedMessage)>;
