import type { Readable } from "node:stream";
import type { Clock } from "../engine/platform/clock.ts";

/** Where a command writes and what it reads besides its arguments; injected, so that commands run inside tests. */
export interface Io {
  /** Documents and data; with `--json` exactly one JSON document. */
  stdout(text: string): void;
  /** For people. */
  stderr(line: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Opened only by a command that was told to read it: in the background a read would stop it. */
  readonly stdin?: () => Readable;
  /** The system's, unless told. */
  readonly clock?: Clock;
}
