import type { Failure } from "#shared/domain/errors.ts";
import type { Files } from "../platform/files.ts";
import type { StickMark } from "../platform/os-errors.ts";
import type { FoundStick } from "../platform/stick-identity.ts";

/** Between the engine and the process that works on one stick, over Node's IPC with structured clones. */
export type ToWorker =
  /** First and once. Without a mark the child finds out for itself which stick is there. */
  | { readonly kind: "open"; readonly root: string; readonly mark: StickMark | null }
  | { readonly kind: "call"; readonly id: number; readonly operation: keyof Files; readonly args: readonly unknown[] };

export type FromWorker =
  /** `found`: what the child found out, when that was asked. */
  | { readonly kind: "ready"; readonly found: FoundStick | null }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  /** `id` as in the call; {@link openingId}: it could not be opened. */
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure };

/** Calls count from 1. */
export const openingId = 0;

/** Every operation that may be asked for, and how long it may take: `bulk` where the work grows with the stick. */
export const operationKinds: Readonly<Record<keyof Files, "plain" | "bulk">> = {
  stat: "plain",
  list: "bulk",
  read: "plain",
  readBack: "plain",
  makeDirectory: "plain",
  writeNew: "plain",
  syncVolume: "bulk",
  sync: "bulk",
  syncDirectory: "bulk",
  rename: "plain",
  remove: "plain",
  removeTree: "bulk",
  space: "plain",
};
