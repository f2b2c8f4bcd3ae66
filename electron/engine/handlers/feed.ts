import type { Clock } from "../platform/clock.ts";

/** Something whose present state can be asked for at any time, and which says when it has changed. */
export interface FeedSource<T> {
  current(): T;
  /** Called after every change, cheaply and possibly very often. Returns the function that ends it. */
  onChange(changed: () => void): () => void;
}

/** Says "changed" to whoever listens; holds nothing itself. */
export interface Signal {
  readonly raise: () => void;
  readonly onRaise: (listener: () => void) => () => void;
}

export function createSignal(): Signal {
  const listeners = new Set<() => void>();
  return {
    raise: () => {
      for (const listener of listeners) listener();
    },
    onRaise: (listener) => {
      // Wrapped, so that the same function may listen twice and leave once.
      const own = () => listener();
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
  };
}

/**
 * Hands a listener the present snapshot at once and later the newest one, at most one each `intervalMs` and never
 * two at a time: what a slow listener misses is skipped, and the source never waits. A listener that throws or
 * rejects is dropped. Returns the function that ends it; `ended` is called once, however it ends.
 */
export function follow<T>(
  source: FeedSource<T>,
  pace: { readonly clock: Clock; readonly intervalMs: number },
  listener: (snapshot: T) => void | Promise<void>,
  ended: () => void = () => {},
): () => void {
  const ending = new AbortController();
  let dirty = true;
  let pumping = false;

  const end = () => {
    if (ending.signal.aborted) return;
    ending.abort();
    stopWatching();
    ended();
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    try {
      while (dirty && !ending.signal.aborted) {
        dirty = false;
        await listener(source.current());
        await pace.clock.sleep(pace.intervalMs, ending.signal);
      }
    } catch {
      end();
    } finally {
      pumping = false;
    }
  };
  const stopWatching = source.onChange(() => {
    dirty = true;
    void pump();
  });
  void pump();
  return end;
}
