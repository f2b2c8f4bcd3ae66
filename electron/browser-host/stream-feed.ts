import type { ServerResponse } from "node:http";
import type { Dispatch } from "../engine/dispatch.ts";

const head = { "content-type": "application/x-ndjson; charset=utf-8", "x-accel-buffering": "no" };

/** One JSON snapshot a line until the page goes away. While its socket is full nothing is queued: newer ones replace older. */
export function streamFeed(dispatch: Dispatch, name: string, response: ServerResponse): void {
  stream(dispatch, [name], response, (_, snapshot) => snapshot);
}

/**
 * Several feeds on one connection, since a browser opens six to a host at most and calls need some of them: a line is
 * `{"feed": name, "snapshot": …}`.
 */
export function streamFeeds(dispatch: Dispatch, names: readonly string[], response: ServerResponse): void {
  stream(dispatch, [...new Set(names)], response, (feed, snapshot) => ({ feed, snapshot }));
}

function stream(
  dispatch: Dispatch,
  names: readonly string[],
  response: ServerResponse,
  lineOf: (feed: string, snapshot: unknown) => unknown,
): void {
  const ends: (() => void)[] = [];
  const end = () => {
    for (const each of ends) each();
  };
  let draining: Promise<void> | null = null;
  for (const name of names) {
    const reply = dispatch.subscribe(name, async (snapshot) => {
      if (!response.headersSent) response.writeHead(200, head);
      if (response.write(`${JSON.stringify(lineOf(name, snapshot))}\n`)) return;
      draining ??= drained(response).then(() => {
        draining = null;
      });
      await draining;
    });
    if (reply.ok) ends.push(reply.value);
    else {
      end();
      if (response.headersSent) response.destroy();
      else response.writeHead(404, { connection: "close" }).end();
      return;
    }
  }
  response.once("close", end);
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
