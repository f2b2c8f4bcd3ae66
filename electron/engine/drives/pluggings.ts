import { StationError } from "#shared/domain/errors.ts";
import type { ArmedEvent } from "./armed-mode.ts";
import type { PluggingId } from "./armed-slot.ts";
import type { DriveReport } from "./drive-report.ts";
import { errorOf, isUnrecognised, mountedEvent, newPlugging, type Plugging, refusalOf } from "./plugging.ts";
import type { DriveEvent } from "./scanner.ts";
import { slotAt, type SlotMap } from "./slots.ts";
import { chooseVolume, type GuardPolicy } from "./suitability.ts";
import { timeouts } from "./timeouts.ts";

/** The drives that are plugged in, and what their coming, changing and going means to armed mode. */
export interface Pluggings {
  readonly all: readonly Plugging[];
  /** Null: it is over. */
  byId(id: PluggingId): Plugging | null;
  hear(event: DriveEvent): void;
  /** Takes it as pulled and plugged in now. */
  again(plugging: Plugging): void;
}

export interface PluggingsOptions {
  readonly slots: () => SlotMap;
  readonly policy: GuardPolicy;
  readonly waitFor: (ms: number, until: AbortSignal) => Promise<void>;
  readonly apply: (event: ArmedEvent) => void;
  /** Told of each that is over, once armed mode knows. */
  readonly forget: (plugging: PluggingId) => void;
}

export function createPluggings({ slots, policy, waitFor, apply, forget }: PluggingsOptions): Pluggings {
  let count = 0;
  const pluggings = new Map<string, Plugging>();
  /** By port, sticks that are gone for the system and not yet for us; by device, who came after them. */
  const goings = new Map<string, Promise<void>>();
  const awaited = new Map<string, DriveReport>();

  return {
    get all() {
      return [...pluggings.values()];
    },
    byId: (id) => [...pluggings.values()].find((one) => one.id === id) ?? null,
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
    again: (plugging) => {
      leave(plugging);
      come(plugging.drive);
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
    const plugging = newPlugging(`${++count}`, drive, policy);
    pluggings.set(drive.device, plugging);
    const slot = slotAt(slots(), drive.port);
    if (!plugging.isProbing) {
      apply({ kind: "attached", plugging: plugging.id, slot, refusal: plugging.refusal });
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
      forget(plugging.id);
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
