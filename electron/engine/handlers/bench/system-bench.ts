import { type Child, forkChild, type StartChild } from "../../drives/child.ts";
import { openDriveFiles } from "../../drives/drive-files.ts";
import type { DriveReport } from "../../drives/drive-report.ts";
import { type DriveSource, guardPolicyFor, hostOf, systemDriveSource } from "../../drives/drive-source.ts";
import { watchFolder } from "../../drives/hotplug.ts";
import { hotplugProcess } from "../../drives/hotplug-process.ts";
import { runCommand } from "../../drives/run-command.ts";
import { withSecondOpinion } from "../../drives/second-opinion.ts";
import type { GuardPolicy } from "../../drives/suitability.ts";
import { timeouts } from "../../drives/timeouts.ts";
import type { WorkerProcess } from "../../drives/worker-process.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Files } from "../../platform/files.ts";
import { openInPlace, type OpenStickAt } from "../../platform/open-stick.ts";
import { type Bench, createBench } from "./bench.ts";
import { openSlotFile } from "./slot-file.ts";

/** Who may allow a drive that is larger than policy lets it be. */
export type ApproveLargeDrive = (drive: DriveReport) => boolean;

export interface SystemBenchOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly changed: () => void;
  readonly notice: (notice: string) => void;
  /** How processes of ours are started; forked Nodes unless told. */
  readonly startChild?: StartChild;
  readonly approveLargeDrive?: ApproveLargeDrive;
  readonly maxSizeBytes?: number;
  readonly teachAll?: boolean;
}

/** The bench of this very machine; on a system whose drives can't be told there are none. */
export function systemBench(options: SystemBenchOptions): Bench {
  const { home, clock, startChild = forkChild, teachAll = false, changed, notice } = options;
  const host = hostOf();
  const source = sourceOf(options, host);
  const spawn = (): Child => startChild("hotplug-child");
  return createBench({
    slots: openSlotFile(home),
    source,
    host: host ?? "linux",
    policy: policyOf(options),
    // Windows has no folder in which devices come and go.
    hotplug: [hotplugProcess({ clock, spawn }), ...(host === "win32" ? [] : [watchFolder()])],
    pollMs: timeouts.pollMs[host ?? "linux"],
    clock,
    run: runCommand,
    teachAll,
    changed,
    notice,
  });
}

function sourceOf(
  { home, clock, startChild = forkChild }: SystemBenchOptions,
  host: ReturnType<typeof hostOf>,
): DriveSource {
  if (host === null) return { scan: async () => ({ ok: true, drives: [] }) };
  const source = systemDriveSource({ home, host });
  return host === "linux" ? source : withSecondOpinion(source, { clock, spawn: () => startChild("drivelist-child") });
}

function policyOf({
  approveLargeDrive,
  maxSizeBytes,
}: Pick<SystemBenchOptions, "approveLargeDrive" | "maxSizeBytes">): GuardPolicy {
  return {
    ...guardPolicyFor(hostOf() ?? "linux"),
    ...(maxSizeBytes === undefined ? {} : { maxSizeBytes }),
    ...(approveLargeDrive === undefined ? {} : { approvesLarger: approveLargeDrive }),
  };
}

/** Drives are worked on in a process each; a folder that stands in for a stick, in this one. */
export function openStickOf(
  bench: Pick<Bench, "driveAt">,
  {
    files,
    clock,
    startChild = forkChild,
  }: { readonly files: Files; readonly clock: Clock; readonly startChild?: StartChild },
): OpenStickAt {
  const inPlace = openInPlace(files);
  return async (path) => {
    const mounted = bench.driveAt(path);
    if (mounted === null) return await inPlace(path);
    return await openDriveFiles(mounted, { clock, spawn: () => startChild("worker-child") as WorkerProcess });
  };
}
