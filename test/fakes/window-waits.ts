import type { CallOutput } from "#shared/ipc/contract.ts";
import type { WindowStation } from "./window-station.ts";

/** The batch once nothing works on it any more. */
export async function finishedBatch(station: WindowStation, batch: string): Promise<CallOutput<"batch.start">> {
  const batches = await station.until("batches", (all) =>
    all.some(({ id, phase }) => id === batch && ["finished", "stopped", "unfinished"].includes(phase)),
  );
  const found = batches.find(({ id }) => id === batch);
  if (found === undefined) throw new Error("the batch is gone");
  return found;
}

/** The stick once it has been read. */
export async function readStick(station: WindowStation, id: string) {
  const sticks = await station.until("sticks", (all) => all.some((one) => one.id === id && one.state !== "reading"));
  return sticks.find((one) => one.id === id);
}
