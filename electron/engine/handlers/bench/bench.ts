import { StationError, toFailure } from "#shared/domain/errors.ts";
import { type ArmedBench, createArmedBench } from "../../drives/armed-bench.ts";
import type { PluggedStick, StickWork } from "../../drives/stick-work.ts";
import { isWorkingState } from "../../drives/slot-state.ts";
import type { ArmedState } from "../../drives/armed-mode.ts";
import type { PluggingId } from "../../drives/armed-slot.ts";
import type { DriveReport } from "../../drives/drive-report.ts";
import type { DriveSource } from "../../drives/drive-source.ts";
import type { MountedDrive } from "../../drives/drive-files.ts";
import type { Host } from "../../drives/file-system-support.ts";
import { type Finish, finishDrive } from "../../drives/finish.ts";
import type { HotplugSource } from "../../drives/hotplug.ts";
import { mountVolume } from "../../drives/mount.ts";
import type { RunCommand } from "../../drives/run-command.ts";
import { type DriveEvent, type Scanner, startScanner } from "../../drives/scanner.ts";
import { forgetSlot, slotAt, type SlotMap, teachPort } from "../../drives/slots.ts";
import { chooseVolume, type GuardPolicy } from "../../drives/suitability.ts";
import { beginTeaching, hearWhileTeaching, type Teaching } from "../../drives/teaching.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Acting } from "../../authority/operators/operators.ts";
import { labelOfDrive, pluggedKey } from "./bench-ids.ts";
import { type BenchJob, stationWork } from "./bench-work.ts";
import { type HeldStick, mayRetry, pluggingHeldAs, slotHasChanged } from "./slot-choices.ts";
import type { SlotFile } from "./slot-file.ts";

export interface BenchOptions {
  readonly slots: SlotFile;
  readonly source: DriveSource;
  readonly policy: GuardPolicy;
  readonly hotplug: readonly HotplugSource[];
  readonly pollMs: number;
  readonly clock: Clock;
  /** Mounts, unmounts and switches off. */
  readonly run: RunCommand;
  /** Every port that a stick is plugged in at becomes the next free slot. */
  readonly teachAll?: boolean;
  readonly changed: () => void;
  /** For the log. */
  readonly notice: (notice: string) => void;
}

export interface Arming {
  readonly workOrder: string;
  /** Devices at most. */
  readonly count: number;
  /** Devices that the station licence still allows; null: it sets no limit. */
  readonly quota: number | null;
  readonly renewals: boolean;
}

/** The drives of this machine, its slots and armed mode. There is one for a station, whatever home is worked in. */
export interface Bench {
  readonly state: ArmedState;
  readonly plugged: ArmedBench["plugged"];
  readonly slots: SlotMap;
  readonly teaching: Teaching | null;
  readonly armed: BenchJob | null;
  readonly hotplug: { readonly source: "usb-detection" | "usb" | "polling"; readonly problem: string | null };
  /** Why the last look failed; null: it succeeded. */
  readonly problem: string | null;
  /** Devices that ask for something on the stick of this plugging. */
  devicesOf(plugging: PluggingId): number;
  /** What a stick was called when it was last here. */
  labelOf(stick: string): string | null;
  /** What the stick in this slot is called, or was called that this slot still speaks of; null: none, or never known. */
  labelAt(slot: number): string | null;
  /** The drive that is mounted at this place and may be worked on. */
  driveAt(root: string): MountedDrive | null;
  /** All that may be worked on by hand now: those in slots of an armed bench are not. */
  mounted(): readonly (MountedDrive & { readonly slot: number | null })[];
  /** Resolves after a look at the system that began after the call. */
  look(): Promise<void>;
  /** @throws StationError USAGE, STICK_BUSY */
  arm(arming: Arming, job: BenchJob): void;
  /** Nothing new begins; what is under way is brought to its end. */
  disarm(): void;
  release(stick: string): void;
  /** @throws StationError USAGE where there is nothing that could be judged anew */
  retry(slot: number): void;
  /**
   * Decides about what this stick is held for in this slot. `by`: who decides, and stands for its batch then.
   * @throws StationError USAGE when it is not held for that any more
   */
  accept(held: HeldStick, by: Acting | null): Promise<void>;
  /** @throws StationError STICK_BUSY while armed */
  teach(slots: readonly number[]): void;
  stopTeaching(): void;
  forget(slot: number): void;
  /** Its size does not count against this drive any more, until it is unplugged. */
  allowLarge(drive: DriveReport): void;
  eject(drive: DriveReport): Promise<Finish>;
  /** Resolves when no stick is worked on. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export function createBench(options: BenchOptions & { readonly host: Host }): Bench {
  const { slots, source, host, clock, run } = options;
  const allowed = new Set<string>();
  const policy: GuardPolicy = {
    ...options.policy,
    approvesLarger: (drive) => options.policy.approvesLarger?.(drive) === true || allowed.has(pluggedKey(drive)),
  };
  const devices = new Map<PluggingId, number>();
  const labels = new Map<string, string>();
  const labelsAt = new Map<number, string>();
  const deciders = new Map<PluggingId, Acting | null>();
  const idlers = new Set<() => void>();
  let teaching: Teaching | null = null;
  let job: BenchJob | null = null;
  let hotplug: Bench["hotplug"] = { source: "polling", problem: null };

  const isIdle = (): boolean => !bench.state.slots.some(({ state }) => state === "reading" || isWorkingState(state));
  const changed = (): void => {
    for (const { slot, state, stick, plugging } of bench.state.slots) {
      const drive = bench.plugged.find((one) => one.plugging === plugging)?.drive;
      if (state === "empty") labelsAt.delete(slot);
      if (drive === undefined) continue;
      labelsAt.set(slot, labelOfDrive(drive));
      if (stick !== null) labels.set(stick, labelOfDrive(drive));
    }
    if (idlers.size > 0 && isIdle()) for (const resolve of idlers) resolve();
    options.changed();
  };
  const jobNow = (): BenchJob => {
    if (job === null)
      throw new StationError("CANCELLED", "The station was disarmed. Arm it, then plug the stick in again.");
    return job;
  };
  const asked = stationWork(
    jobNow,
    ({ plugging }: PluggedStick, found) => devices.set(plugging, found),
    (plugging) => deciders.get(plugging) ?? null,
  );
  const work: StickWork = {
    ...asked,
    mount: async (volume, signal) => {
      await mountVolume(volume, { run, host, clock, signal });
      void scanner.look();
    },
    finish: (drive) => finishDrive(drive, { run, host, source, clock }),
    forget: (plugging) => {
      asked.forget(plugging);
      devices.delete(plugging);
      deciders.delete(plugging);
    },
  };
  const bench = createArmedBench({ slots: slots.get, policy, source, work, clock, changed: () => changed() });

  const setSlots = (map: SlotMap): void => {
    slots.set(map);
    bench.slotsChanged();
  };
  const hear = (event: DriveEvent): void => {
    if (teaching !== null) {
      const next = hearWhileTeaching(teaching, event);
      const isTaught = next.map !== teaching.map;
      teaching = next.waitingFor === null && next.problem === null ? null : next;
      if (isTaught) setSlots(next.map);
    } else if (options.teachAll === true && event.kind === "attached") teachNext(event.drive);
    if (event.kind === "detached") allowed.delete(pluggedKey(event.drive));
    bench.hear(event);
    // Bench and slots tell of themselves what they know; a drive that concerns neither is told here.
    options.changed();
  };
  const teachNext = ({ port }: DriveReport): void => {
    if (port === null || slotAt(slots.get(), port) !== null) return;
    const free = freeSlot(slots.get());
    if (free !== null) setSlots(teachPort(slots.get(), free, port));
  };
  const scanner: Scanner = startScanner({
    source,
    hotplug: options.hotplug,
    clock,
    pollMs: options.pollMs,
    onEvent: (event) => {
      try {
        hear(event);
      } catch (error) {
        options.notice(toFailure(error).message);
      }
    },
    onHotplug: (library) => {
      hotplug = { source: library === "usb-detection" || library === "usb" ? library : "polling", problem: null };
      options.changed();
    },
    onNotice: (notice) => {
      if (notice.startsWith("Polling")) hotplug = { ...hotplug, problem: notice };
      options.notice(notice);
      options.changed();
    },
  });
  const mountedAs = (drive: DriveReport): readonly MountedDrive[] => {
    const choice = chooseVolume(drive, policy);
    return choice.kind === "ready" ? [{ drive, volume: choice.volume, root: choice.root }] : [];
  };
  const refuseWhileArmed = (): void => {
    if (bench.state.order !== null) throw new StationError("STICK_BUSY", "The station is armed. Disarm it first.");
  };
  const disarm = (): void => bench.disarm();

  return {
    get state() {
      return bench.state;
    },
    get plugged() {
      return bench.plugged;
    },
    get slots() {
      return slots.get();
    },
    get teaching() {
      return teaching;
    },
    get armed() {
      return bench.state.order === null ? null : job;
    },
    get hotplug() {
      return hotplug;
    },
    get problem() {
      return scanner.problem;
    },
    devicesOf: (plugging) => devices.get(plugging) ?? 0,
    labelOf: (stick) => labels.get(stick) ?? null,
    labelAt: (slot) => labelsAt.get(slot) ?? null,
    driveAt: (root) => scanner.drives.flatMap(mountedAs).find((one) => one.root === root) ?? null,
    mounted: () =>
      scanner.drives
        .flatMap(mountedAs)
        .map((one) => ({ ...one, slot: slotAt(slots.get(), one.drive.port) }))
        .filter(({ slot }) => slot === null || bench.state.order === null),
    look: () => scanner.look(),
    arm: ({ workOrder, count, quota, renewals }, next) => {
      refuseWhileArmed();
      if (teaching !== null) throw new StationError("USAGE", "Slots are being taught. End that first.");
      if (slots.get().length === 0 && options.teachAll !== true)
        throw new StationError("USAGE", "No slot is taught yet. Teach the bench its slots first.");
      if (bench.state.slots.some(({ claimed, state }) => claimed > 0 && isWorkingState(state)))
        throw new StationError("STICK_BUSY", "Sticks of the last order are still worked on. Wait for them.");
      for (const { stick, claimed } of bench.state.slots) if (claimed > 0 && stick !== null) bench.release(stick);
      job = next;
      deciders.clear();
      const order = { id: workOrder, product: next.job.product, count, quota, renewals };
      bench.arm(order, next.record.owed(workOrder));
    },
    disarm,
    release: (stick) => bench.release(stick),
    retry: (number) => {
      const slot = bench.state.slots.find((one) => one.slot === number);
      if (slot === undefined || slot.plugging === null || !mayRetry(slot))
        throw new StationError("USAGE", "There is nothing in this slot that could be tried again.");
      bench.retry(slot.plugging);
    },
    accept: async (held, by) => {
      const plugging = pluggingHeldAs(bench.state, held);
      const isAsRead = await bench.isAsRead(plugging);
      if (pluggingHeldAs(bench.state, held) !== plugging) throw slotHasChanged();
      if (!isAsRead) {
        bench.retry(plugging);
        throw slotHasChanged();
      }
      deciders.set(plugging, by);
      bench.accept(plugging, held.reason, by?.account.id ?? null);
    },
    teach: (numbers) => {
      refuseWhileArmed();
      teaching = beginTeaching(slots.get(), numbers);
      options.changed();
    },
    stopTeaching: () => {
      teaching = null;
      options.changed();
    },
    forget: (slot) => {
      refuseWhileArmed();
      setSlots(forgetSlot(slots.get(), slot));
    },
    allowLarge: (drive) => {
      allowed.add(pluggedKey(drive));
      bench.hear({ kind: "changed", drive });
      options.changed();
    },
    eject: (drive) => finishDrive(drive, { run, host, source, clock }),
    idle: async () => {
      while (!isIdle()) {
        const { promise, resolve } = Promise.withResolvers<void>();
        idlers.add(resolve);
        await promise;
        idlers.delete(resolve);
      }
    },
    close: async () => {
      disarm();
      bench.close();
      scanner.stop();
    },
  };
}

function freeSlot(map: SlotMap): number | null {
  for (let slot = 1; slot <= mostSlots; slot++) if (!map.some((one) => one.slot === slot)) return slot;
  return null;
}

const mostSlots = 64;
