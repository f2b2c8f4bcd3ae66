import type { Dispatcher } from "undici";
import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { createDeadlines } from "./deadlines.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** From the origin's root on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One request, one whole reply of whatever status. @throws StationError API_UNREACHABLE, API_TIMEOUT, API_TOO_LARGE or CANCELLED */
export type Exchange = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpReply>;

const maxReplyBytes = 4_194_304;

/** `timeoutMs` bounds the whole exchange, the body included. What the transport itself says is never passed on: it may quote the request. */
export function createExchange(dispatcher: Dispatcher, origin: string, clock: Clock, timeoutMs: number): Exchange {
  const deadlines = createDeadlines(clock, timeoutMs);
  return async (request, signal) => {
    if (signal?.aborted) throw cancelled(signal);
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    signal?.addEventListener("abort", onAbort, { once: true });
    let isLate = false;
    const inTime = deadlines.start(() => {
      isLate = true;
      stop.abort();
    });
    try {
      const { method, path, headers, body } = request;
      const limits = { headersTimeout: 0, bodyTimeout: 0, signal: stop.signal };
      const answer = await dispatcher.request({ origin, method, path, headers, body, ...limits });
      return { status: answer.statusCode, headers: firstValues(answer.headers), body: await readCapped(answer.body) };
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal);
      if (isLate) throw timedOut();
      throw error instanceof StationError ? error : unreachable(error);
    } finally {
      inTime();
      signal?.removeEventListener("abort", onAbort);
    }
  };
}

/** The error of a stopped call: the signal's own reason when that is one of ours. */
export function cancelled(signal: AbortSignal): StationError {
  return signal.reason instanceof StationError
    ? signal.reason
    : new StationError("CANCELLED", "Stopped before it was done. Resume to go on.");
}

function readCapped(body: Dispatcher.ResponseData["body"]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    body.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      chunks.push(chunk);
      // Takes the connection with it, so that the rest is never read.
      if (size > maxReplyBytes) body.destroy(tooLarge());
    });
    body.on("end", () => resolve(Buffer.concat(chunks)));
    body.on("error", reject);
  });
}

function tooLarge(): StationError {
  return new StationError("API_TOO_LARGE", "The licensing server's answer is too large. Check the API address.");
}

function firstValues(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) values[name.toLowerCase()] = first;
  }
  return values;
}

function timedOut(): StationError {
  return new StationError(
    "API_TIMEOUT",
    "The licensing server did not answer in time. Check the network, then resume.",
  );
}

function unreachable(error: unknown): StationError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = /^[A-Z0-9_]{1,64}$/.test(code) ? code : "UNKNOWN";
  if (certificateFaults.test(reason)) {
    const message = "The licensing server's certificate is not trusted. Check the API address, or give its CA file.";
    return new StationError("API_UNREACHABLE", message, { details: { reason, certificate: true } });
  }
  const message = "The licensing server could not be reached. Check the network and the proxy, then resume.";
  return new StationError("API_UNREACHABLE", message, { details: { reason } });
}

const certificateFaults = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|^ERR_TLS/;
