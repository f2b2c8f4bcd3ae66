import { StationError } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import type { ArmedCommand, ArmedEvent } from "./armed-mode.ts";
import type { WorkOrder } from "./armed-rules.ts";
import type { DriveSource } from "./drive-source.ts";
import { errorOf, mountedEvent, type Plugging, stickOf } from "./plugging.ts";
import { whatChanged } from "./same-drive.ts";
import type { StickWork, WorkStep } from "./stick-work.ts";
import { chooseVolume, failureOf, type GuardPolicy } from "./suitability.ts";
import { timeouts } from "./timeouts.ts";

export interface CommandMeans {
  readonly work: StickWork;
  readonly source: DriveSource;
  readonly policy: GuardPolicy;
  readonly waitFor: (ms: number, ...until: readonly AbortSignal[]) => Promise<void>;
  /** Aborted when nobody waits any more. */
  readonly closed: AbortSignal;
  /** The order of the moment. @throws StationError CANCELLED when there is none any more */
  readonly order: () => WorkOrder;
  /** What a person has decided about the stick. */
  readonly decided: readonly StickDecision[];
  readonly report: (step: WorkStep) => void;
}

/** Has done what armed mode asks for, and says what came of it; null: nothing, or it is told another way. */
export async function doArmedCommand(
  kind: ArmedCommand["kind"],
  plugging: Plugging,
  means: CommandMeans,
): Promise<ArmedEvent | null> {
  const { id } = plugging;
  const { work, order, decided, report } = means;
  switch (kind) {
    case "mount":
      return await mount(plugging, means);
    case "read":
      return { kind: "read", plugging: id, stick: await work.read(stickOf(plugging), order()) };
    case "provision":
      await checkAgain(plugging, means);
      return {
        kind: "delivered",
        plugging: id,
        ...(await work.provision(stickOf(plugging), order(), report, decided)),
      };
    case "resume":
      await checkAgain(plugging, means);
      if (!(await work.owes(stickOf(plugging)))) return { kind: "unowed", plugging: id };
      report("activating");
      return { kind: "delivered", plugging: id, ...(await work.resume(stickOf(plugging), report)) };
    case "finish":
      break;
  }
  const finish = await work.finish(plugging.drive);
  // Pulled while the system still held it.
  if (finish.kind === "gone") return null;
  const isOff = finish.kind === "powered-off";
  return { kind: "finished", plugging: id, failure: "failure" in finish ? finish.failure : null, isOff };
}

async function mount(plugging: Plugging, { work, policy, waitFor, closed }: CommandMeans): Promise<ArmedEvent | null> {
  const choice = chooseVolume(plugging.drive, policy);
  if (choice.kind === "refused") return null;
  if (choice.kind === "ready") return mountedEvent(plugging, choice.volume, choice.root);
  const shown = new AbortController();
  plugging.awaitsMount = shown;
  await work.mount(choice.volume, plugging.ended.signal);
  await waitFor(timeouts.mountMs, shown.signal, plugging.ended.signal).catch(() => {});
  if (shown.signal.aborted || plugging.ended.signal.aborted || closed.aborted) return null;
  throw new StationError("STICK_IO", "The system did not say where it has mounted the stick. Plug it in again.");
}

/** The last look before anything is written; every single write is checked against the stick's mark after it. */
async function checkAgain(plugging: Plugging, { source, policy }: CommandMeans): Promise<void> {
  const { drive, volume } = stickOf(plugging);
  const scan = await source.scan();
  if (!scan.ok) throw new StationError("STICK_IO", `${scan.message} Plug the stick in again then.`);
  const change = whatChanged({ drive, volume }, scan.drives);
  if (change !== null)
    throw new StationError(
      "STICK_OTHER",
      `Before writing to the stick it was checked again: ${change}. Plug the right one in again.`,
    );
  const now = scan.drives.find((one) => one.device === drive.device);
  const choice = now === undefined ? null : chooseVolume(now, policy);
  if (choice?.kind === "refused" && choice.refusals[0] !== undefined) {
    throw errorOf(failureOf(choice.refusals[0]));
  }
}
