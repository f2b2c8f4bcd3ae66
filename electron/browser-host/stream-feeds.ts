import type { ServerResponse } from "node:http";
import type { Dispatch } from "../engine/dispatch.ts";

/**
 * One line `{"feed","snapshot"}` of JSON for each snapshot of any of these feeds until the page goes away. They share a
 * connection, since a browser opens only six to one host and calls need some too. While the socket is full nothing is
 * queued: newer snapshots replace older.
 */
export function streamFeeds(dispatch: Dispatch, names: readonly string[], response: ServerResponse): void {
  const ends: (() => void)[] = [];
  // The present snapshots come while the feeds are still being asked for, before it is known whether all exist.
  const { promise: areAllThere, resolve: decide } = Promise.withResolvers<boolean>();
  for (const feed of new Set(names)) {
    const reply = dispatch.subscribe(feed, async (snapshot) => {
      if (!(await areAllThere)) return;
      if (!response.headersSent) {
        response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "x-accel-buffering": "no" });
      }
      if (!response.write(`${JSON.stringify({ feed, snapshot })}\n`)) await drained(response);
    });
    if (!reply.ok) {
      for (const end of ends) end();
      decide(false);
      response.writeHead(404, { connection: "close" });
      response.end();
      return;
    }
    ends.push(reply.value);
  }
  decide(true);
  response.once("close", () => {
    for (const end of ends) end();
  });
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
