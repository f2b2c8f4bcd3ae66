import type { DriveRefusal } from "#shared/domain/drive.ts";
import { type Failure, StationError } from "#shared/domain/errors.ts";
import type { ArmedEvent } from "./armed-mode.ts";
import type { PluggingId } from "./armed-slot.ts";
import type { DriveReport, VolumeReport } from "./drive-report.ts";
import { identityOfVolume, stickKey } from "./same-drive.ts";
import type { PluggedStick } from "./stick-work.ts";
import { chooseVolume, failureOf, type GuardPolicy } from "./suitability.ts";

/** What is kept of a drive from its coming to its going. */
export interface Plugging {
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

export function newPlugging(id: PluggingId, drive: DriveReport, policy: GuardPolicy): Plugging {
  const refusal = refusalOf(drive, policy);
  return {
    id,
    drive,
    refusal,
    isProbing: isUnrecognised(refusal),
    awaitsMount: null,
    stick: null,
    finishing: null,
    ended: new AbortController(),
  };
}

/** From here on it is known which stick it is, and where. */
export function mountedEvent(plugging: Plugging, volume: VolumeReport, root: string): ArmedEvent {
  const { id, drive, ended } = plugging;
  const identity = identityOfVolume(drive, volume);
  plugging.stick = { plugging: id, root, drive, volume, identity, signal: ended.signal };
  // A stick that can't be known again is never taken for one that was.
  return { kind: "mounted", plugging: id, stick: stickKey(identity) ?? `plugging ${id}` };
}

/** @throws StationError INTERNAL */
export function stickOf({ stick }: Plugging): PluggedStick {
  if (stick === null) throw new StationError("INTERNAL", "A stick was to be worked on before it was mounted.");
  return stick;
}

export function refusalOf(drive: DriveReport, policy: GuardPolicy): Failure | null {
  const choice = chooseVolume(drive, policy);
  const first = choice.kind === "refused" ? choice.refusals[0] : undefined;
  return first === undefined ? null : failureOf(first);
}

/** For some seconds after a stick came this may only mean that the system has not looked at it yet. */
export function isUnrecognised(refusal: Failure | null): boolean {
  return refusal?.details?.["reason"] === ("nothing-readable" satisfies DriveRefusal);
}

export function errorOf({ code, message, details }: Failure): StationError {
  return new StationError(code, message, { details });
}
