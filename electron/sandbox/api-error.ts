import { STATUS_CODES } from "node:http";

/** How an endpoint writes its errors: `{"error":{…}}`, or `{"errors":[…]}` for machine files. */
export type ErrorShape = "plain" | "json-api";

type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** A refusal on its way to the client. Codes are those of the contract's error table. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly details: ErrorDetails;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: ErrorDetails; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }
}

export function errorBody(error: ApiError, shape: ErrorShape): object {
  const { status, code, message, details } = error;
  if (shape === "plain") return { error: { code, message, details } };
  return {
    errors: [
      {
        status: String(status),
        // The one code that this endpoint is known to write in capitals; readers compare without regard to case.
        code: code === "device_not_activated" ? "DEVICE_NOT_ACTIVATED" : code,
        title: STATUS_CODES[status] ?? "Error",
        detail: message,
        meta: details,
      },
    ],
  };
}

export function badParameter(parameter: string, rule: string): ApiError {
  return new ApiError(400, "invalid_parameter", `The parameter ${parameter} ${rule}.`, { details: { parameter } });
}

export function missingParameter(parameter: string): ApiError {
  return new ApiError(400, "parameter_missing", `The parameter ${parameter} is missing.`, { details: { parameter } });
}
