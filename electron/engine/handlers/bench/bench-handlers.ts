import type { DriveRefusal } from "#shared/domain/drive.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { CallInput } from "#shared/ipc/contract.ts";
import type { PluggedStick } from "../../drives/stick-work.ts";
import type { DriveReport } from "../../drives/drive-report.ts";
import type { Handlers } from "../../dispatch.ts";
import type { Desk } from "../desk.ts";
import { isWorking, type Stick } from "../sticks.ts";
import type { Workspace } from "../workspace.ts";
import type { Bench } from "./bench.ts";
import type { BenchJob } from "./bench-work.ts";
import { quotaLeft } from "./quota-left.ts";
import { driveIdOf, labelOfDrive, stickIdOf } from "./bench-ids.ts";
import { type BenchView, benchView } from "./bench-view.ts";

type BenchCalls = Extract<keyof Handlers, `bench.${string}` | `slots.${string}`> | "sticks.eject";

export function benchHandlers(desk: Desk): Pick<Handlers, BenchCalls> {
  const { bench } = desk;
  const afterwards = (change: () => void): BenchView => {
    change();
    return benchView(bench);
  };
  return {
    "bench.get": () => benchView(bench),
    "bench.arm": async ({ workOrder, count, renewals }) => {
      const workspace = await desk.workspace();
      const { readOnly } = workspace.engine;
      if (readOnly !== null) throw new StationError(readOnly.code, readOnly.message);
      if (workspace.batches.open().length > 0)
        throw new StationError("STICK_BUSY", "A batch is being worked on. Let it finish or stop it first.");
      const job = { ...workspace.order("refuse"), workOrder };
      const api = workspace.api();
      // What is there already is refused until it is replugged, so it must be seen first.
      await bench.look();
      return afterwards(() => {
        bench.arm(
          { workOrder, count, renewals, quota: quotaLeft(workspace.engine.licence()) },
          jobIn(workspace, bench, { job, api }),
        );
      });
    },
    "bench.disarm": () => afterwards(() => bench.disarm()),
    "bench.release": ({ stick }) => afterwards(() => bench.release(keyOf(bench, stick))),
    "bench.retry": ({ slot }) => afterwards(() => bench.retry(slot)),
    "bench.accept": async (held) => {
      const { engine } = await desk.workspace();
      await bench.accept(held, engine.operators.acting());
      return benchView(bench);
    },
    "bench.allow-drive": async (which) => {
      const { engine } = await desk.workspace();
      const drive = largeDrive(bench, which);
      engine.allowLargeDrive({
        drive: labelOfDrive(drive),
        size_bytes: drive.sizeBytes ?? 0,
        usb_serial: drive.serial,
      });
      return afterwards(() => bench.allowLarge(drive));
    },
    "slots.teach": ({ slots }) => afterwards(() => bench.teach(slots)),
    "slots.stop-teaching": () => afterwards(() => bench.stopTeaching()),
    "slots.forget": ({ slot }) => afterwards(() => bench.forget(slot)),
    "sticks.eject": async ({ stickId }) => {
      const { sticks } = await desk.workspace();
      const stick = sticks.byId(stickId);
      if (stick.kind === "folder")
        throw new StationError("USAGE", "A folder cannot be ejected. Remove it from the list.");
      if (isWorking(stick)) throw new StationError("STICK_BUSY", "A batch works on this stick. Stop it first.");
      const mounted = bench.driveAt(stick.path);
      if (mounted === null) throw new StationError("STICK_GONE", "That stick is not there any more.");
      const finish = await bench.eject(mounted.drive);
      await bench.look();
      if ("failure" in finish) throw new StationError(finish.failure.code, finish.failure.message);
      return { how: finish.kind };
    },
  };
}

function largeDrive(bench: Bench, which: CallInput<"bench.allow-drive">): DriveReport {
  const plugging = "slot" in which ? bench.state.slots.find(({ slot }) => slot === which.slot)?.plugging : null;
  const found = bench.plugged.find((one) =>
    "slot" in which ? one.plugging === plugging : driveIdOf(one.drive) === which.drive,
  );
  if (found?.refusal?.details?.["reason"] === ("too-large" satisfies DriveRefusal)) return found.drive;
  throw new StationError("USAGE", "There is no drive that is refused for its size alone. Look at the list again.");
}

/**
 * Armed work shows among the batches as any other does. Whoever armed stands for it, though their session may end, and
 * who decided about a stick for that stick's.
 */
function jobIn({ engine, opened, batches }: Workspace, bench: Bench, given: Pick<BenchJob, "job" | "api">): BenchJob {
  const by = engine.operators.acting();
  return {
    ...given,
    engine: {
      look: (stick) => engine.look(stick),
      intactFiles: (stick, of) => engine.intactFiles(stick, of),
      unfinishedOn: (stick) => engine.unfinishedOn(stick),
      provisionRequests: (stick, intake, job, api, hooks) =>
        engine.provisionRequests(stick, intake, job, api, { ...hooks, by: hooks.by ?? by }),
      resume: (stick, options, hooks) => engine.resume(stick, options, { ...hooks, by }),
    },
    record: opened.record,
    follow: (stick, work) => batches.follow(asStick(stick, bench), work),
  };
}

function asStick({ plugging, root, drive }: PluggedStick, bench: Bench): Stick {
  const slot = bench.state.slots.find((one) => one.plugging === plugging)?.slot ?? null;
  return {
    id: `plugging-${plugging}`,
    kind: "drive",
    path: root,
    label: labelOfDrive(drive),
    slot,
    drive: null,
    summary: null,
    reading: false,
    problem: null,
    run: null,
  };
}

function keyOf({ state }: Bench, id: string): string {
  const keys = [...state.owed, ...state.slots].map(({ stick }) => stick);
  const key = keys.find((one) => one !== null && stickIdOf(one) === id) ?? null;
  if (key === null) throw new StationError("USAGE", "Nothing is owed to that stick any more.");
  return key;
}
