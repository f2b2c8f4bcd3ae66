import type { DriveReport, Scan } from "../../electron/engine/drives/drive-report.ts";
import type { DriveSource } from "../../electron/engine/drives/drive-source.ts";

export interface FakeDrives extends DriveSource {
  /** What is plugged in from now on; the order is the system's. */
  set(...drives: readonly DriveReport[]): void;
  /** The next looks fail until `set` is called. */
  break(message: string): void;
  /** The next looks never end until `set` is called. */
  hang(): void;
  readonly looks: number;
}

/** A system whose drives come and go as told. */
export function fakeDrives(...first: readonly DriveReport[]): FakeDrives {
  let scan: Scan | null = { ok: true, drives: first };
  let looks = 0;
  let waiting: (() => void)[] = [];
  const change = (next: Scan | null): void => {
    scan = next;
    if (next === null) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  return {
    scan: async () => {
      looks++;
      await Promise.resolve();
      if (scan === null) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
      return scan ?? { ok: false, message: "hung" };
    },
    set: (...drives) => {
      change({ ok: true, drives });
    },
    break: (message) => {
      change({ ok: false, message });
    },
    hang: () => {
      change(null);
    },
    get looks() {
      return looks;
    },
  };
}
