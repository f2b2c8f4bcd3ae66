/**
 * Results in the order of the items with at most `width` under way; what has not begun when the caller stops never
 * begins.
 */
export async function* mapInOrder<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for (const item of items) {
      if (underWay.length === width) {
        const first = underWay.shift();
        if (first !== undefined) yield await first;
      }
      const started = work(item);
      // Its fault is reported when its turn comes, not when it happens.
      started.catch(() => {});
      underWay.push(started);
    }
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) yield await first;
  } finally {
    await Promise.allSettled(underWay);
  }
}
