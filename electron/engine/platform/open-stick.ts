import type { StationError } from "#shared/domain/errors.ts";
import type { Files } from "./files.ts";
import { type FoundStick, identifyStick } from "./stick-identity.ts";

/** A stick for as long as one piece of work takes: which it is, and the way to its files. */
export interface OpenStick {
  readonly found: FoundStick;
  readonly files: Files;
  /** Why nothing can be asked of it any more, when that is not the stick's going; told before what `files` failed with. */
  readonly failure: StationError | null;
  /** Never rejects. */
  close(): Promise<void>;
}

/** @throws StationError STICK_GONE, STICK_UNSAFE, STICK_IO */
export type OpenStickAt = (path: string) => Promise<OpenStick>;

/** In this very process: right for folders, while a drive's operations may hang. */
export function openInPlace(files: Files): OpenStickAt {
  return async (path) => ({ found: await identifyStick(path), files, failure: null, close: async () => {} });
}
