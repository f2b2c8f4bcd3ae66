import type { ErrorCode } from "#shared/domain/errors.ts";
import type { DeviceRequest } from "#shared/domain/request.ts";

/** What one request says, before requests for the same device are put together. */
export type RequestFields = Omit<DeviceRequest, "sources">;

export interface ParsedRequest {
  /** 1-based line of a list; null for a file of one request. */
  readonly line: number | null;
  readonly request: RequestFields;
}

export interface ParseRefusal {
  readonly line: number | null;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What one file came to. */
export interface ParsedFile {
  readonly requests: readonly ParsedRequest[];
  readonly refusals: readonly ParseRefusal[];
  readonly notes: readonly string[];
}
