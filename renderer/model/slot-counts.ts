import type { Failure } from "#shared/domain/errors.ts";

/** What the rules of armed mode have counted on a stick; 0 where a rule counts no such thing. */
export interface SlotCounts {
  readonly devices: number;
  readonly refused: number;
  readonly conflicts: number;
  readonly repeats: number;
  readonly renewals: number;
  readonly room: number;
}

export function slotCounts(details: Failure["details"]): SlotCounts {
  const count = (name: keyof SlotCounts) => {
    const value = details?.[name];
    return typeof value === "number" ? value : 0;
  };
  return {
    devices: count("devices"),
    refused: count("refused"),
    conflicts: count("conflicts"),
    repeats: count("repeats"),
    renewals: count("renewals"),
    room: count("room"),
  };
}
