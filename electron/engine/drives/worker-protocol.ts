import type { Failure } from "#shared/domain/errors.ts";
import type { Files } from "../platform/files.ts";
import type { StickMark } from "../platform/os-errors.ts";

/** Between the engine and the process that works on one stick, over Node's IPC with structured clones. */
export type ToWorker =
  /** First and once. */
  | { readonly kind: "open"; readonly root: string; readonly mark: StickMark }
  | { readonly kind: "call"; readonly id: number; readonly operation: keyof Files; readonly args: readonly unknown[] };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure };

/** Every operation that may be asked for, and how long it may take: `bulk` where the work grows with the stick. */
export const operationKinds: Readonly<Record<keyof Files, "plain" | "bulk">> = {
  stat: "plain",
  list: "bulk",
  read: "plain",
  readBack: "plain",
  makeDirectory: "plain",
  writeNew: "plain",
  sync: "bulk",
  syncDirectory: "bulk",
  rename: "plain",
  remove: "plain",
  removeTree: "bulk",
  space: "plain",
};
