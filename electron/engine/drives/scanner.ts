import { toFailure } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { DriveReport, Scan } from "./drive-report.ts";
import { type DriveSource, isStickLike } from "./drive-source.ts";
import type { HotplugSource } from "./hotplug.ts";
import { isSamePlugging } from "./same-drive.ts";
import { timeouts } from "./timeouts.ts";

/**
 * What happened to drives that might be sticks. A drive that was pulled and plugged in again between two looks is
 * `detached` and then `attached`.
 */
export type DriveEvent =
  | { readonly kind: "attached"; readonly drive: DriveReport }
  /** The same plugging, but mounted, unmounted, relabelled or differently judged. */
  | { readonly kind: "changed"; readonly drive: DriveReport }
  | { readonly kind: "detached"; readonly drive: DriveReport };

export interface Scanner {
  /** What the last look that succeeded has seen. */
  readonly drives: readonly DriveReport[];
  /** Why the last look failed; null: it succeeded. */
  readonly problem: string | null;
  /** Looks now, or once more after the look that is under way. Resolves when that is done and told. */
  look(): Promise<void>;
  stop(): void;
}

export interface ScannerOptions {
  readonly source: DriveSource;
  readonly hotplug: readonly HotplugSource[];
  readonly clock: Clock;
  readonly pollMs: number;
  readonly onEvent: (event: DriveEvent) => void;
  /** A look failed, or succeeded again; a hotplug source ended. For the log and the status line. */
  readonly onNotice?: (notice: string) => void;
  /** Which library tells of plugging; null: none, and polling does the work. */
  readonly onHotplug?: (library: string | null) => void;
}

/** Polls, and looks sooner when a hotplug source nudges. Looks never overlap. What `onEvent` throws is not caught. */
export function startScanner({
  source,
  hotplug,
  clock,
  pollMs,
  onEvent,
  onNotice = () => {},
  onHotplug = () => {},
}: ScannerOptions): Scanner {
  let drives: readonly DriveReport[] = [];
  let problem: string | null = null;
  const stopped = new AbortController();
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let quiet = new AbortController();
  let nudgedAtMs: number | null = null;

  const lookOnce = async (): Promise<void> => {
    const scan = await scanSafely(source);
    if (stopped.signal.aborted) return;
    const was = problem;
    problem = scan.ok ? null : scan.message;
    if (problem !== was) onNotice(problem ?? "Drives can be seen again.");
    // Not to be able to look is no reason to believe that anything was pulled.
    if (!scan.ok) return;
    const seen = scan.drives.filter(isStickLike);
    const events = diffDrives(drives, seen);
    drives = seen;
    for (const event of events) onEvent(event);
  };
  const look = (): Promise<void> => {
    lookAgain = true;
    looking ??= (async () => {
      try {
        while (lookAgain && !stopped.signal.aborted) {
          lookAgain = false;
          await lookOnce();
        }
      } finally {
        looking = null;
      }
    })();
    return looking;
  };
  const nudge = (): void => {
    if (stopped.signal.aborted) return;
    nudgedAtMs ??= clock.monotonicMs();
    const waited = clock.monotonicMs() - nudgedAtMs;
    quiet.abort();
    quiet = new AbortController();
    clock.sleep(Math.max(0, Math.min(timeouts.settleMs, timeouts.settleAtMostMs - waited)), quiet.signal).then(
      () => {
        nudgedAtMs = null;
        return look();
      },
      () => {},
    );
  };
  const poll = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await look();
      await clock.sleep(pollMs, stopped.signal);
    }
  };

  const startOne = (one: HotplugSource): (() => void) => {
    let ownLibrary: string | null = null;
    return one.start({
      nudge,
      ready: (library) => {
        ownLibrary = library;
        onHotplug(library);
      },
      absent: (why) => {
        onNotice(`Polling alone: ${why}.`);
        if (ownLibrary !== null) onHotplug(null);
      },
    });
  };
  const stops = hotplug.map(startOne);
  poll().catch((error: unknown) => {
    if (!stopped.signal.aborted) onNotice(`Drives are not looked for any more: ${toFailure(error).message}.`);
  });

  return {
    get drives() {
      return drives;
    },
    get problem() {
      return problem;
    },
    look,
    stop: () => {
      stopped.abort();
      quiet.abort();
      for (const stop of stops) stop();
    },
  };
}

/** What has to be told so that whoever knew `before` knows `now`: who left first, then who came. Pure. */
export function diffDrives(before: readonly DriveReport[], now: readonly DriveReport[]): readonly DriveEvent[] {
  const old = new Map(before.map((drive) => [drive.device, drive]));
  const stays = (drive: DriveReport): DriveReport | null => {
    const known = old.get(drive.device);
    return known !== undefined && isSamePlugging(known, drive) ? known : null;
  };
  const kept = new Set(now.map(stays));
  return [
    ...before.filter((drive) => !kept.has(drive)).map((drive): DriveEvent => ({ kind: "detached", drive })),
    ...now.flatMap((drive): readonly DriveEvent[] => {
      const known = stays(drive);
      if (known === null) return [{ kind: "attached", drive }];
      return JSON.stringify(known) === JSON.stringify(drive) ? [] : [{ kind: "changed", drive }];
    }),
  ];
}

async function scanSafely(source: DriveSource): Promise<Scan> {
  try {
    return await source.scan();
  } catch (error) {
    return { ok: false, message: toFailure(error).message };
  }
}
