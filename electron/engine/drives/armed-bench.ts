import type { DriveRefusal, StickIdentity } from "#shared/domain/drive.ts";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import {
  type ArmedCommand,
  type ArmedEvent,
  type ArmedState,
  disarmedState,
  type OwedStick,
  stepArmed,
} from "./armed-mode.ts";
import type { PluggingId } from "./armed-slot.ts";
import { isWorkingState } from "./slot-state.ts";
import type { Clock } from "../platform/clock.ts";
import type { ReadStick, WorkOrder } from "./armed-rules.ts";
import type { DriveReport, VolumeReport } from "./drive-report.ts";
import type { DriveSource } from "./drive-source.ts";
import type { Finish } from "./finish.ts";
import { identityOfVolume, stickKey, whatChanged } from "./same-drive.ts";
import type { DriveEvent } from "./scanner.ts";
import { slotAt, type SlotMap } from "./slots.ts";
import { timeouts } from "./timeouts.ts";
import { chooseVolume, failureOf, type GuardPolicy } from "./suitability.ts";

/** A stick that may be worked on, from its mounting on. */
export interface PluggedStick {
  readonly plugging: PluggingId;
  readonly root: string;
  readonly drive: DriveReport;
  readonly volume: VolumeReport;
  readonly identity: StickIdentity;
  /** Aborted when the stick is pulled, or when the guard no longer lets it be worked on. */
  readonly signal: AbortSignal;
}

/** What is done with sticks, each in its own time; what goes wrong is thrown and shown at the slot. */
export interface StickWork {
  /** Has it mounted; where, a later look says. `signal` as in PluggedStick. */
  mount(volume: VolumeReport, signal: AbortSignal): Promise<void>;
  read(stick: PluggedStick, order: WorkOrder): Promise<ReadStick>;
  /** Whether the record still says of its devices what it said when the stick was read; a person decided by that. */
  isAsRead(stick: PluggedStick, order: WorkOrder): Promise<boolean>;
  /** `decided`: what a person has decided about it; none: it goes without being asked about. */
  provision(
    stick: PluggedStick,
    order: WorkOrder,
    report: (step: WorkStep) => void,
    decided: readonly StickDecision[],
  ): Promise<Delivered>;
  /** Whether work was begun on this stick and is not finished. */
  owes(stick: PluggedStick): Promise<boolean>;
  /** Finishes what a pull or a fault has cut off. */
  resume(stick: PluggedStick, report: (step: WorkStep) => void): Promise<Delivered>;
  finish(drive: DriveReport): Promise<Finish>;
  /** This plugging is over; what was kept for it is of no use any more. */
  forget(plugging: PluggingId): void;
}

export type WorkStep = "activating" | "writing" | "verifying";

export interface Delivered {
  readonly devices: number;
  /** Why others got nothing, with what to do about it; null: every device has its file. */
  readonly shortfall: Failure | null;
  /** Requests that were refused and left out when the work began. */
  readonly leftOut?: number;
}

/** A stick that is plugged in, whether or not anything may be done with it. */
export interface Plugged {
  readonly plugging: PluggingId;
  readonly drive: DriveReport;
  /** What the guard has against it; null: nothing, or nothing yet. */
  readonly refusal: Failure | null;
}

export interface ArmedBench {
  readonly state: ArmedState;
  readonly plugged: readonly Plugged[];
  /** What a scanner tells; drives that are there already are told as attached. */
  hear(event: DriveEvent): void;
  /** `owed`: what an earlier run of the station has left undone under this order. */
  arm(order: WorkOrder, owed?: readonly OwedStick[]): void;
  /** Nothing new begins; what is under way is brought to its end. */
  disarm(): void;
  /** That stick will not come back; its claim on the order is given up. */
  release(stick: string): void;
  /** Slots were taught or forgotten. Sticks that are plugged in stay where they are. */
  slotsChanged(): void;
  /** Judges a stick anew, as if it were plugged in now; not one that is worked on. */
  retry(plugging: PluggingId): void;
  /** Whether the record still says of this stick's devices what it said when they were read. */
  isAsRead(plugging: PluggingId): Promise<boolean>;
  /** A person has decided about what its slot is held for. `by`: as in the event. */
  accept(plugging: PluggingId, reason: StickDecision, by: string | null): void;
  /** Ends every waiting. What is under way goes on. */
  close(): void;
}

export interface ArmedBenchOptions {
  readonly slots: () => SlotMap;
  readonly policy: GuardPolicy;
  readonly source: DriveSource;
  readonly work: StickWork;
  readonly clock: Clock;
  readonly changed: () => void;
}

interface Plugging {
  readonly id: PluggingId;
  drive: DriveReport;
  refusal: Failure | null;
  /** Nothing on it is recognised, but the system may still be looking; nobody is told of the refusal until that is over. */
  isProbing: boolean;
  /** While a look is to show where it was mounted; aborted when one has. */
  awaitsMount: AbortController | null;
  stick: PluggedStick | null;
  /** The letting go under way, whose end is told before the stick's own going: switching it off looks like a pull. */
  finishing: Promise<unknown> | null;
  readonly ended: AbortController;
}

/** Runs armed mode: hears the scanner, keeps the state, and has the work done that it asks for. */
export function createArmedBench({ slots, policy, source, work, clock, changed }: ArmedBenchOptions): ArmedBench {
  let state = disarmedState(slots().map(({ slot }) => slot));
  let count = 0;
  const pluggings = new Map<string, Plugging>();
  /** By port, sticks that are gone for the system and not yet for us; by device, who came after them. */
  const goings = new Map<string, Promise<void>>();
  const awaited = new Map<string, DriveReport>();
  const closed = new AbortController();
  const waitFor = (ms: number, ...until: readonly AbortSignal[]): Promise<void> =>
    clock.sleep(ms, AbortSignal.any([...until, closed.signal]));
  const byId = (id: PluggingId) => [...pluggings.values()].find((one) => one.id === id) ?? null;

  const apply = (event: ArmedEvent): void => {
    const step = stepArmed(state, event);
    state = step.state;
    changed();
    for (const command of step.commands) void obey(command);
  };
  const obey = async ({ kind, plugging: id }: ArmedCommand): Promise<void> => {
    const plugging = byId(id);
    if (plugging === null) return;
    const doing = doIt(kind, plugging).catch(
      (error: unknown): ArmedEvent => ({ kind: "failed", plugging: id, failure: toFailure(error) }),
    );
    if (kind === "finish") plugging.finishing = doing;
    const event = await doing;
    // What belongs to a stick that was pulled meanwhile is told by its pulling.
    if (event !== null && (byId(id) === plugging || kind === "finish")) apply(event);
    if (kind === "finish") plugging.finishing = null;
  };
  const doIt = async (kind: ArmedCommand["kind"], plugging: Plugging): Promise<ArmedEvent | null> => {
    const { id } = plugging;
    const decided = state.slots.find((one) => one.plugging === id)?.decided?.reasons ?? [];
    const report = (step: WorkStep): void => {
      if (byId(id) === plugging) apply({ kind: "working", plugging: id, step });
    };
    switch (kind) {
      case "mount":
        return await mount(plugging);
      case "read":
        return { kind: "read", plugging: id, stick: await work.read(stickOf(plugging), orderOf(state)) };
      case "provision":
        await checkAgain(plugging);
        return {
          kind: "delivered",
          plugging: id,
          ...(await work.provision(stickOf(plugging), orderOf(state), report, decided)),
        };
      case "resume":
        await checkAgain(plugging);
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
  };
  const mount = async (plugging: Plugging): Promise<ArmedEvent | null> => {
    const choice = chooseVolume(plugging.drive, policy);
    if (choice.kind === "refused") return null;
    if (choice.kind === "ready") return mountedEvent(plugging, choice.volume, choice.root);
    const shown = new AbortController();
    plugging.awaitsMount = shown;
    await work.mount(choice.volume, plugging.ended.signal);
    await waitFor(timeouts.mountMs, shown.signal, plugging.ended.signal).catch(() => {});
    if (shown.signal.aborted || plugging.ended.signal.aborted || closed.signal.aborted) return null;
    throw new StationError("STICK_IO", "The system did not say where it has mounted the stick. Plug it in again.");
  };
  /** The last look before anything is written; every single write is checked against the stick's mark after it. */
  const checkAgain = async (plugging: Plugging): Promise<void> => {
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
  };

  return {
    get state() {
      return state;
    },
    get plugged() {
      return [...pluggings.values()].map(({ id, drive, refusal, isProbing }) => ({
        plugging: id,
        drive,
        refusal: isProbing ? null : refusal,
      }));
    },
    hear: (event) => {
      const { drive } = event;
      const known = pluggings.get(drive.device);
      if (event.kind === "attached") {
        if (known !== undefined) leave(known);
        whenFree(drive);
      } else if (event.kind === "detached") {
        awaited.delete(drive.device);
        if (known !== undefined) leave(known);
      } else if (known !== undefined) judgeAgain(known, drive);
    },
    arm: (order, owed = []) => {
      apply({ kind: "armed", order, present: [...pluggings.values()].map(({ id }) => id), owed });
    },
    disarm: () => {
      apply({ kind: "disarmed" });
    },
    release: (stick) => {
      apply({ kind: "released", stick });
    },
    slotsChanged: () => {
      apply({ kind: "slots", slots: slots().map(({ slot }) => slot) });
    },
    retry: (id) => {
      const plugging = byId(id);
      const slot = state.slots.find((one) => one.plugging === id);
      if (plugging === null || slot === undefined || isWorkingState(slot.state) || slot.state === "reading") return;
      leave(plugging);
      come(plugging.drive);
    },
    isAsRead: async (id) => {
      const plugging = byId(id);
      return plugging !== null && (await work.isAsRead(stickOf(plugging), orderOf(state)));
    },
    accept: (plugging, reason, by) => {
      apply({ kind: "accepted", plugging, reason, by });
    },
    close: () => {
      closed.abort();
    },
  };

  /** The next stick may be in a port before the system has let go of the last. */
  function whenFree(drive: DriveReport): void {
    const leaving = drive.port === null ? undefined : goings.get(drive.port);
    if (leaving === undefined) {
      come(drive);
      return;
    }
    awaited.set(drive.device, drive);
    void leaving.then(() => {
      if (awaited.get(drive.device) !== drive) return;
      awaited.delete(drive.device);
      come(drive);
    });
  }

  function come(drive: DriveReport): void {
    const refusal = refusalOf(drive, policy);
    const isProbing = isUnrecognised(refusal);
    const plugging: Plugging = {
      id: `${++count}`,
      drive,
      refusal,
      isProbing,
      awaitsMount: null,
      stick: null,
      finishing: null,
      ended: new AbortController(),
    };
    pluggings.set(drive.device, plugging);
    const slot = slotAt(slots(), drive.port);
    if (!isProbing) {
      apply({ kind: "attached", plugging: plugging.id, slot, refusal });
      return;
    }
    apply({ kind: "attached", plugging: plugging.id, slot, refusal: null, isProbed: false });
    waitFor(timeouts.probeMs, plugging.ended.signal).then(
      () => endProbing(plugging),
      () => {},
    );
  }

  function endProbing(plugging: Plugging): void {
    if (!plugging.isProbing) return;
    plugging.isProbing = false;
    apply({ kind: "judged", plugging: plugging.id, refusal: plugging.refusal });
  }

  function leave(plugging: Plugging): void {
    pluggings.delete(plugging.drive.device);
    plugging.ended.abort(new StationError("STICK_GONE", "The stick was pulled. Plug the same one in again."));
    const gone = (): void => {
      apply({ kind: "detached", plugging: plugging.id });
      work.forget(plugging.id);
    };
    const { finishing, drive } = plugging;
    if (finishing === null) {
      gone();
      return;
    }
    const going = finishing.then(gone).finally(() => {
      if (drive.port !== null && goings.get(drive.port) === going) goings.delete(drive.port);
    });
    if (drive.port !== null) goings.set(drive.port, going);
  }

  function judgeAgain(plugging: Plugging, drive: DriveReport): void {
    const before = plugging.refusal;
    plugging.drive = drive;
    plugging.refusal = refusalOf(drive, policy);
    const { refusal } = plugging;
    if (plugging.isProbing) {
      if (!isUnrecognised(refusal)) endProbing(plugging);
      return;
    }
    if (refusal !== null && before === null) plugging.ended.abort(errorOf(refusal));
    if (refusal?.message !== before?.message) apply({ kind: "judged", plugging: plugging.id, refusal });
    const choice = chooseVolume(drive, policy);
    if (plugging.awaitsMount === null || choice.kind !== "ready") return;
    plugging.awaitsMount.abort();
    plugging.awaitsMount = null;
    apply(mountedEvent(plugging, choice.volume, choice.root));
  }
}

function mountedEvent(plugging: Plugging, volume: VolumeReport, root: string): ArmedEvent {
  const { id, drive, ended } = plugging;
  const identity = identityOfVolume(drive, volume);
  plugging.stick = { plugging: id, root, drive, volume, identity, signal: ended.signal };
  // A stick that can't be known again is never taken for one that was.
  return { kind: "mounted", plugging: id, stick: stickKey(identity) ?? `plugging ${id}` };
}

function refusalOf(drive: DriveReport, policy: GuardPolicy): Failure | null {
  const choice = chooseVolume(drive, policy);
  const first = choice.kind === "refused" ? choice.refusals[0] : undefined;
  return first === undefined ? null : failureOf(first);
}

function errorOf({ code, message, details }: Failure): StationError {
  return new StationError(code, message, { details });
}

/** For some seconds after a stick came this may only mean that the system has not looked at it yet. */
function isUnrecognised(refusal: Failure | null): boolean {
  return refusal?.details?.["reason"] === ("nothing-readable" satisfies DriveRefusal);
}

function stickOf({ stick }: Plugging): PluggedStick {
  if (stick === null) throw new StationError("INTERNAL", "A stick was to be worked on before it was mounted.");
  return stick;
}

function orderOf({ order }: ArmedState): WorkOrder {
  if (order === null)
    throw new StationError("CANCELLED", "The station was disarmed. Arm it, then plug the stick in again.");
  return order;
}
