/** Rows of a long list, fetched a window at a time and only where somebody looks. */
export interface RowWindows<Row> {
  readonly total: () => number;
  /** Undefined until its window came. A stale row is answered until its newer one came: no flicker. */
  readonly rowAt: (index: number) => Row | undefined;
  /** Says which rows are in view; what is missing or stale there is fetched, one window at a time. */
  readonly look: (first: number, last: number) => void;
  /** What was fetched is out of date; rows in view are fetched anew. */
  readonly invalidate: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes with every arrival, for change detection. */
  readonly version: () => number;
  /** False until the first window came. */
  readonly loaded: () => boolean;
  /** Nothing more is fetched until somebody looks again. */
  readonly close: () => void;
}

interface Window<Row> {
  readonly rows: readonly Row[];
  readonly generation: number;
}

/** `fetchWindow` answers null when it failed; the window is asked for again at the next look. */
export function createRowWindows<Row>(
  fetchWindow: (
    offset: number,
    limit: number,
  ) => Promise<{ readonly total: number; readonly rows: readonly Row[] } | null>,
  size = 100,
): RowWindows<Row> {
  const windows = new Map<number, Window<Row>>();
  const listeners = new Set<() => void>();
  let total = 0;
  let version = 0;
  let generation = 0;
  let view = { first: 0, last: 0 };
  let busy = false;
  let loaded = false;
  let closed = false;

  const nextMissing = (): number | null => {
    const last = Math.floor(Math.max(view.last, view.first) / size);
    for (let number = Math.floor(view.first / size); number <= last; number += 1) {
      if (loaded && number > 0 && number * size >= total) continue;
      if (windows.get(number)?.generation !== generation) return number;
    }
    return null;
  };

  const pump = async (): Promise<void> => {
    if (busy || closed) return;
    busy = true;
    for (let number = nextMissing(); number !== null && !closed; number = nextMissing()) {
      const asked = generation;
      const page = await fetchWindow(number * size, size);
      if (closed || page === null) break;
      loaded = true;
      total = page.total;
      windows.set(number, { rows: page.rows, generation: asked });
      version += 1;
      for (const listener of listeners) listener();
    }
    busy = false;
  };

  return {
    total: () => total,
    rowAt: (index) => windows.get(Math.floor(index / size))?.rows[index % size],
    look(first, last) {
      closed = false;
      view = { first, last };
      void pump();
    },
    invalidate() {
      generation += 1;
      void pump();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
    loaded: () => loaded,
    close: () => {
      closed = true;
    },
  };
}
