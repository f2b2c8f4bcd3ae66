import { useEffect, useState } from "react";
import type { Failure } from "#shared/domain/errors.ts";
import { useLive, useStation } from "../../client/hooks.ts";
import type { Batch, Stick } from "../../model/live.ts";

export const stages = ["begin", "stick", "check", "run", "done"] as const;
export type Stage = (typeof stages)[number];

export interface Rehearsal {
  /** Null before it began. */
  readonly stage: Stage | null;
  readonly failure: Pick<Failure, "code" | "message"> | null;
  readonly isRunning: boolean;
  readonly isDone: boolean;
  /** The practice batch, once there is one. */
  readonly batch: Batch | null;
  readonly run: () => void;
}

const practiceDevices = 12;
/** How long a practice stick may take to be read, in milliseconds. */
const readingMs = 20_000;

/** One practice stick from nothing to green, every step a call that the real work makes as well. */
export function useRehearsal(): Rehearsal {
  const { client, live } = useStation();
  const [stage, setStage] = useState<Stage | null>(null);
  const [failure, setFailure] = useState<Rehearsal["failure"]>(null);
  const [batchId, setBatchId] = useState<string | null>(null);
  const batch = useLive((state) => state.batches?.find((each) => each.id === batchId) ?? null);

  const run = () => {
    setFailure(null);
    setBatchId(null);
    void (async () => {
      setStage("begin");
      const begun = await client.call("rehearsal.begin", {});
      if (!begun.ok) return setFailure(begun.error);
      live.setSettings(begun.value);
      setStage("stick");
      const known = new Set((live.get().sticks ?? []).map((each) => each.id));
      const made = await client.call("rehearsal.make-stick", { devices: practiceDevices });
      if (!made.ok) return setFailure(made.error);
      live.setSticks(made.value);
      const stick = await readyStick(known);
      if (stick === null)
        return setFailure({ code: "NO_REQUESTS", message: "The practice stick was not read in time." });
      setStage("check");
      const checked = await client.call("batch.preflight", { stickId: stick.id });
      if (!checked.ok) return setFailure(checked.error);
      if (checked.value.problem !== null) return setFailure(checked.value.problem);
      setStage("run");
      const started = await client.call("batch.start", { stickId: stick.id, onConflict: "skip" });
      if (!started.ok) return setFailure(started.error);
      live.putBatch(started.value);
      setBatchId(started.value.id);
    })();
  };

  const readyStick = (known: ReadonlySet<string>): Promise<Stick | null> =>
    new Promise((resolve) => {
      const find = () =>
        live.get().sticks?.findLast((stick) => !known.has(stick.id) && stick.state === "ready") ??
        live.get().sticks?.findLast((stick) => stick.state === "ready") ??
        null;
      const settle = (stick: Stick | null) => {
        clearTimeout(timer);
        end();
        resolve(stick);
      };
      const end = live.subscribe(() => {
        const stick = find();
        if (stick !== null) settle(stick);
      });
      const timer = setTimeout(() => settle(null), readingMs);
      const stick = find();
      if (stick !== null) settle(stick);
    });

  const phase = batch?.phase;
  useEffect(() => {
    if (phase === "finished") setStage("done");
    else if (phase === "stopped" || phase === "unfinished") {
      setFailure(batch?.problem ?? { code: "INTERNAL", message: "The practice batch did not finish." });
    }
  }, [phase, batch?.problem]);
  const isDone = stage === "done";
  return { stage, failure, isRunning: stage !== null && !isDone && failure === null, isDone, batch, run };
}
