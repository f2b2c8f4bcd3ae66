import { guardPolicyFor } from "../../electron/engine/drives/drive-source.ts";
import type { DriveSource } from "../../electron/engine/drives/drive-source.ts";
import type { HotplugSource } from "../../electron/engine/drives/hotplug.ts";
import type { RunCommand } from "../../electron/engine/drives/run-command.ts";
import { type Bench, createBench } from "../../electron/engine/handlers/bench/bench.ts";
import { openSlotFile } from "../../electron/engine/handlers/bench/slot-file.ts";
import type { SystemBenchOptions } from "../../electron/engine/handlers/bench/system-bench.ts";

/** A bench whose system is simulated: what is plugged in, what the commands do, and when it is time to look. */
export function simulatedBench(
  { home, clock, changed, notice, approveLargeDrive, teachAll = false }: SystemBenchOptions,
  source: DriveSource,
  system: { readonly run?: RunCommand; readonly hotplug?: readonly HotplugSource[]; readonly pollMs?: number } = {},
): Bench {
  const nothingThere: RunCommand = async () => ({ exitCode: null, output: "", errors: "", isMissing: true });
  return createBench({
    slots: openSlotFile(home),
    source,
    host: "linux",
    policy: {
      ...guardPolicyFor("linux"),
      ...(approveLargeDrive === undefined ? {} : { approvesLarger: approveLargeDrive }),
    },
    hotplug: system.hotplug ?? [],
    pollMs: system.pollMs ?? 60_000,
    clock,
    run: system.run ?? nothingThere,
    teachAll,
    changed,
    notice,
  });
}
