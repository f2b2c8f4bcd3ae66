import type { Clock } from "../../platform/clock.ts";
import type { OperatorKey } from "./ports.ts";

/** Who is signed in now; the opened key goes with the session. */
export interface Session {
  readonly operator: string;
  readonly key: OperatorKey;
}

export interface SessionKeeper {
  /** Null as well once nobody has been there for too long, whether or not the timer has told it yet. */
  current(): Session | null;
  /** @param isKept it does not end by itself: a process that is somebody's own needs no touching */
  begin(session: Session, isKept?: boolean): void;
  /** Somebody is there. */
  touch(): void;
  end(): void;
}

/**
 * One session at a time, which ends by itself when nobody touches it.
 * @param idleMs after how long; 0: never
 * @param ended told when it ended by itself
 */
export function keepSession(clock: Clock, idleMs: () => number, ended: (session: Session) => void): SessionKeeper {
  let session: Session | null = null;
  let touchedMs = 0;
  let isKept = false;
  let timer = new AbortController();

  const isIdle = () => !isKept && idleMs() > 0 && clock.monotonicMs() - touchedMs >= idleMs();
  const end = () => {
    timer.abort();
    session = null;
  };
  const strike = () => {
    const idle = session;
    end();
    if (idle !== null) ended(idle);
  };
  const watch = async (signal: AbortSignal) => {
    while (!signal.aborted && !isKept && idleMs() > 0) {
      await clock.sleep(Math.max(1, touchedMs + idleMs() - clock.monotonicMs()), signal);
      if (!signal.aborted && isIdle()) strike();
    }
  };
  const rewatch = () => {
    timer.abort();
    timer = new AbortController();
    // Aborted when the session ends or its time begins anew.
    watch(timer.signal).catch(() => {});
  };
  return {
    current: () => {
      if (session !== null && isIdle()) strike();
      return session;
    },
    begin: (next, kept = false) => {
      session = next;
      isKept = kept;
      touchedMs = clock.monotonicMs();
      rewatch();
    },
    touch: () => {
      if (session === null) return;
      if (isIdle()) strike();
      else {
        touchedMs = clock.monotonicMs();
        rewatch();
      }
    },
    end,
  };
}
