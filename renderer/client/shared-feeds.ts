/** What one connection brings: each feed's name with who listens to it. */
export interface FeedGroup {
  readonly feeds: readonly string[];
  readonly signal: AbortSignal;
  tell(feed: string, snapshot: unknown): void;
}

/**
 * Subscriptions that are made in one turn share a connection. A browser opens six to a host at most, so a window that
 * followed each feed on its own would have none left for its calls.
 * @param open follows a group's feeds until its signal, which comes when nobody listens any more
 */
export function shareFeeds(open: (group: FeedGroup) => void) {
  let gathering: Map<string, Set<(snapshot: unknown) => void>> | null = null;
  let abort = new AbortController();
  return (feed: string, onSnapshot: (snapshot: unknown) => void): (() => void) => {
    if (gathering === null) {
      const listeners = new Map<string, Set<(snapshot: unknown) => void>>();
      const { signal } = (abort = new AbortController());
      gathering = listeners;
      queueMicrotask(() => {
        gathering = null;
        if (signal.aborted) return;
        const tell = (name: string, snapshot: unknown) => {
          for (const listener of listeners.get(name) ?? []) listener(snapshot);
        };
        open({ feeds: [...listeners.keys()], signal, tell });
      });
    }
    const group = gathering;
    const ending = abort;
    const own = (snapshot: unknown) => onSnapshot(snapshot);
    group.set(feed, (group.get(feed) ?? new Set()).add(own));
    return () => {
      group.get(feed)?.delete(own);
      if ([...group.values()].every((listeners) => listeners.size === 0)) ending.abort();
    };
  };
}
