import type { ServerResponse } from "node:http";
import type { Dispatch } from "../engine/dispatch.ts";

/** One JSON snapshot a line until the page goes away. While its socket is full nothing is queued: newer ones replace older. */
export function streamFeed(dispatch: Dispatch, name: string, response: ServerResponse): void {
  const reply = dispatch.subscribe(name, async (snapshot) => {
    if (!response.headersSent) {
      response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "x-accel-buffering": "no" });
    }
    if (!response.write(`${JSON.stringify(snapshot)}\n`)) await drained(response);
  });
  if (!reply.ok) {
    response.writeHead(404, { connection: "close" });
    response.end();
    return;
  }
  response.once("close", reply.value);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
