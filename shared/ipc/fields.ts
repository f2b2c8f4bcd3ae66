import { z } from "zod";
import { errorMeanings, type ErrorCode } from "#shared/domain/errors.ts";

/** Fields that calls and feeds of more than one area are made of. */
export const id = z.string().min(1).max(128);
export const text = z.string().max(4096);
export const secret = z.string().min(1).max(4096);
export const count = z.int().min(0);
export const instant = z.string().max(40);
export const none = z.strictObject({});
/** Rows asked for. */
export const page = { offset: count, limit: z.int().min(1).max(500) };

export const errorCode = z.enum(Object.keys(errorMeanings) as [ErrorCode, ...ErrorCode[]]);
export const failure = z.strictObject({
  code: errorCode,
  message: text,
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
