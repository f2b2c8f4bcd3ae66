import type { Command } from "../../client/hooks.ts";
import { useLive, useStation } from "../../client/hooks.ts";
import { type Slot, slotStep } from "../../model/slots.ts";
import type { NextAction } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";

/** The one next action for the chosen slot. */
export function useSlotAction(slot: Slot | null, command: Command, isJobSet: boolean): NextAction {
  const { text } = useText();
  const { live } = useStation();
  const isRehearsal = useLive((state) => state.status?.rehearsal ?? false);
  const next = text.station.next;
  const stick = slot?.stick ?? null;
  const step = slotStep(stick);
  if (stick === null || slot === null || step === "insert") {
    if (!isJobSet && !isRehearsal) return { label: next.setUp, onPress: () => go({ screen: "licenses" }) };
    const name = isRehearsal ? "rehearsal.make-stick" : "sticks.add-folder";
    return {
      label: isRehearsal ? next.practise : next.insert,
      isDisabled: command.busy,
      onPress: () =>
        void command
          .run(name, name === "rehearsal.make-stick" ? { devices: 12 } : {})
          .then((sticks) => sticks !== null && live.setSticks(sticks)),
    };
  }
  const read = () =>
    void command.run("sticks.read", { stickId: stick.id }).then((sticks) => sticks !== null && live.setSticks(sticks));
  switch (step) {
    case "wait-reading":
      return { label: next["wait-reading"](slot.number), isDisabled: true, onPress: () => undefined };
    case "check":
      if (!isJobSet) return { label: next.setUp, onPress: () => go({ screen: "licenses" }) };
      return {
        label: next.check(stick.requests),
        needs: "batch.preflight",
        onPress: () => go({ screen: "check", stick: stick.id }),
      };
    case "read-again":
      return { label: next["read-again"](slot.number), isDisabled: command.busy, onPress: read };
    case "finish":
      return {
        label: next.finish(slot.number),
        needs: "batch.continue",
        isDisabled: command.busy,
        onPress: () =>
          void command
            .run("batch.continue", { stickId: stick.id, acceptSigningKey: false, giveUp: false })
            .then((batch) => {
              if (batch === null) return;
              live.putBatch(batch);
              go({ screen: "batch", batch: batch.id });
            }),
      };
    case "watch":
      return { label: next.watch(slot.number), onPress: () => go({ screen: "batch", batch: stick.batch }) };
    case "remove":
      return { label: next.remove(slot.number), onPress: () => go({ screen: "batch", batch: stick.batch }) };
    case "resolve":
      return { label: next.resolve(slot.number), isDisabled: command.busy, onPress: read };
    case "wait-held":
      return { label: next["wait-held"](slot.number), isDisabled: true, onPress: () => undefined };
  }
}
