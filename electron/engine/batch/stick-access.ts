import { type Failure, toFailure } from "#shared/domain/errors.ts";
import type { Operators } from "../authority/operators/operators.ts";
import { lockStick } from "../platform/locks.ts";
import type { OpenStickAt } from "../platform/open-stick.ts";
import { checkStickPlace } from "../platform/stick-place.ts";
import { checkWitnesses } from "./check-witnesses.ts";
import { operated } from "./operated.ts";
import type { BatchHooks, BatchRuntime } from "./runtime.ts";
import { type StickPlace, stickEntry } from "./stick-place.ts";
import type { WitnessLog } from "./witness-log.ts";

export interface StickAccessParts {
  readonly runtime: BatchRuntime;
  readonly operators: Operators;
  readonly witnesses: WitnessLog;
  /** The station's data folder, which no stick may lie in or over. */
  readonly home: string;
  readonly openStick: OpenStickAt;
}

type StickTask<T> = (runtime: BatchRuntime, place: StickPlace) => Promise<T>;

/** The way to a stick for one piece of work, which ends with it. */
export interface StickAccess {
  /** Looks only. @throws StationError STICK_*, and what `work` throws */
  look<T>(stick: string, work: StickTask<T>): Promise<T>;
  /** Works on it as whoever stands for that. @throws StationError STICK_*, LEDGER_REWOUND, and what `work` throws */
  work<T>(stick: string, by: BatchHooks["by"], work: StickTask<T>): Promise<T>;
}

export function stickAccess({ runtime, operators, witnesses, home, openStick }: StickAccessParts): StickAccess {
  /** Everything that is asked of a stick goes the way that was opened for it. */
  const look = async <T>(stick: string, work: StickTask<T>): Promise<T> => {
    const opened = await openStick(stick);
    const { found, files } = opened;
    try {
      await checkStickPlace(files, found.root, { home });
      const own = { ...runtime, files, stickFailure: () => opened.failure };
      return await work(own, { root: found.root, identity: found.identity, mark: found });
    } catch (error) {
      // With the way to the stick dead, the stick itself only seems to be gone.
      throw opened.failure !== null && isOfStick(toFailure(error)) ? opened.failure : error;
    } finally {
      await opened.close();
    }
  };
  return {
    look,
    work: async (stick, by, work) => {
      const acting = by ?? operators.acting();
      return await look(stick, async (own, place) => {
        // One process works on a stick; its checkpoints are witnesses that must be heard before anything is done.
        const lock = lockStick({ root: place.root, ...place.mark });
        try {
          const newest = await checkWitnesses(own.files, place, witnesses);
          if (newest !== null) witnesses.remember(newest.note, newest.size, stickEntry(place.identity));
          return await work(operated(own, operators, acting), place);
        } finally {
          lock.release();
        }
      });
    },
  };
}

function isOfStick({ code }: Failure): boolean {
  return code.startsWith("STICK_");
}
