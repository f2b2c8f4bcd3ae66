import type { ServerResponse } from "node:http";
import type { JsonValue } from "#shared/formats/strict-json.ts";
import { ApiError, type ErrorShape, errorBody } from "./api-error.ts";
import type { Delays } from "./conditions.ts";
import type { Fault } from "./misbehaviour.ts";

/** What is to be sent, before a fault spoils the sending. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** On every answer there is: what speaks here grants nothing real. */
export const rehearsalHeader = { "x-licence-sandbox": "rehearsal" } as const;

export function jsonReply(status: number, body: JsonValue | object, headers: Reply["headers"] = {}): Reply {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    text: JSON.stringify(body),
  };
}

/** Anything thrown as an answer; a fault of the server itself is told without its text. */
export function errorReply(thrown: unknown, shape: ErrorShape, headers: Reply["headers"] = {}): Reply {
  const error =
    thrown instanceof ApiError
      ? thrown
      : new ApiError(500, "server_error", "The sandbox itself failed; please report it.");
  return jsonReply(error.status, errorBody(error, shape), { ...headers, ...error.headers });
}

/** Sends a reply as the fault wants it; without one, plainly. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  fault: Fault | null,
  delays: Delays,
): Promise<void> {
  const body = Buffer.from(spoiled(reply.text, fault));
  const oversize = fault?.fault === "oversize-body" ? Math.max(0, fault.bytes - body.length) : 0;
  if (fault?.fault === "drop-before" || fault?.fault === "drop-after") {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, {
    ...rehearsalHeader,
    "cache-control": "no-store",
    ...reply.headers,
    "content-length": body.length + oversize,
  });
  if (fault?.fault === "truncated-body") {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  } else if (fault?.fault === "slow-body") {
    await sendSlowly(response, body, fault.ms, delays);
  } else if (oversize > 0) {
    await sendPadded(response, body, oversize);
  } else {
    response.end(body);
  }
}

function spoiled(text: string, fault: Fault | null): string {
  if (fault?.fault === "malformed-json") return text.slice(0, Math.floor(text.length / 2));
  if (fault?.fault === "duplicate-member") return text.replace(/^\{("[^"]+":)/, "{$1null,$1");
  return fault?.fault === "empty-body" ? "" : text;
}

async function sendSlowly(response: ServerResponse, body: Buffer, ms: number, delays: Delays): Promise<void> {
  const pieces = 10;
  for (let i = 0; i < pieces; i++) {
    if (response.destroyed) return;
    response.write(body.subarray(Math.floor((body.length * i) / pieces), Math.floor((body.length * (i + 1)) / pieces)));
    await delays.wait(ms / pieces);
  }
  response.end();
}

/** White space after the value: still good JSON, so that only a cap on size can refuse it. */
async function sendPadded(response: ServerResponse, body: Buffer, padding: number): Promise<void> {
  const blanks = Buffer.alloc(64 * 1024, " ");
  response.write(body);
  for (let left = padding; left > 0 && !response.destroyed; left -= blanks.length) {
    const more = response.write(blanks.subarray(0, Math.min(left, blanks.length)));
    if (!more) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}
