import { type Command, useStation } from "../../client/hooks.ts";
import type { Batch } from "../../model/live.ts";
import type { NextAction } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { percentOf } from "./summary.tsx";

/** The one next action for a batch: finish, retry, go on, or fetch the next stick. */
export function useBatchAction(batch: Batch, command: Command): NextAction {
  const { text } = useText();
  const { live } = useStation();
  const words = text.batch;
  const take = (now: Batch | null) => {
    if (now === null) return;
    live.putBatch(now);
    if (now.id !== batch.id) go({ screen: "batch", batch: now.id });
  };
  switch (batch.phase) {
    case "working":
    case "delivering":
      return { label: words.waitNext(percentOf(batch)), isDisabled: true, onPress: () => undefined };
    case "paused":
      return {
        label: words.unpause,
        isDisabled: command.busy,
        onPress: () => void command.run("batch.unpause", { batch: batch.id }).then(take),
      };
    case "unfinished":
      return {
        label: words.finish(Math.max(1, batch.devices - batch.delivered - batch.failed - batch.skipped)),
        needs: "batch.continue",
        isDisabled: command.busy || batch.stickId === null,
        onPress: () => {
          if (batch.stickId === null) return;
          void command
            .run("batch.continue", { stickId: batch.stickId, acceptSigningKey: false, giveUp: false })
            .then(take);
        },
      };
    case "finished":
    case "stopped":
      if (batch.failed > 0 && batch.stickId !== null) {
        return {
          label: words.retry(batch.failed),
          needs: "batch.retry-failed",
          isDisabled: command.busy,
          onPress: () => void command.run("batch.retry-failed", { batch: batch.id }).then(take),
        };
      }
      return { label: words.another, onPress: () => go({ screen: "station" }) };
  }
}
