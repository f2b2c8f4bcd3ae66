import type { Failure } from "#shared/domain/errors.ts";
import { formatBytes, type Language } from "./format.ts";

/** What the guard's reasons speak of, as people read it; empty where a reason has no such value. */
export interface GuardValues {
  readonly size: string;
  readonly limit: string;
  readonly by: string;
  readonly place: string;
  readonly fileSystem: string;
}

export function guardValues(details: Failure["details"], language: Language): GuardValues {
  const words = (name: string) => String(details?.[name] ?? "");
  const bytes = (name: string) => {
    const value = details?.[name];
    return typeof value === "number" ? formatBytes(value, language) : "";
  };
  return {
    size: bytes("sizeBytes"),
    limit: bytes("maxSizeBytes"),
    by: words("by"),
    place: words("place"),
    fileSystem: words("fileSystem"),
  };
}
