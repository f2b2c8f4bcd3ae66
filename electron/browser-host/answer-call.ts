import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatch } from "../engine/dispatch.ts";
import { readBody } from "./body.ts";

/** Runs one call. Whatever the station answers, failures included, is a 200 with a reply in it. */
export async function answerCall(
  dispatch: Dispatch,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body: Awaited<ReturnType<typeof readBody>>;
  try {
    body = await readBody(request);
  } catch {
    // The page went away while it was speaking.
    response.destroy();
    return;
  }
  if (!body.ok) {
    response.writeHead(body.status, { connection: "close" });
    response.end();
    return;
  }
  const reply = JSON.stringify(await dispatch.call(name, body.value));
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
  response.end(reply);
}
