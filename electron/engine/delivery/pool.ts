import { StationError } from "#shared/domain/errors.ts";
import { fileThreads } from "../platform/file-threads.ts";

/**
 * Runs `work` over all items, at most `fileThreads` at once, which also bounds memory. After the first failure nothing new begins, and it is thrown only
 * when all that had begun is over: nobody touches the stick any more.
 * @throws StationError CANCELLED when the signal fires, else what `work` threw first
 */
export async function forEachPooled<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const remaining = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of remaining) {
      if (failures.length > 0) return;
      try {
        checkNotCancelled(signal);
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(fileThreads, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}

/** @throws StationError CANCELLED */
export function checkNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new StationError("CANCELLED", "The delivery was stopped before it was committed; resume it to finish.");
  }
}
