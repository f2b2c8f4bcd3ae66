import type { Transport } from "./transport.ts";
import { createLineSplitter } from "./line-splitter.ts";
import { shareFeeds } from "./shared-feeds.ts";

/** Longest line of a feed, in characters; a longer one ends the connection. */
const longestLine = 16 * 1024 * 1024;
const retryDelaysMs = [250, 500, 1000, 2000];

/**
 * Talks to the browser host that served this page: `POST /call/<name>` with the input as JSON, and `GET /feeds/<name>,…`
 * as newline-delimited JSON, one snapshot with its feed's name a line, opened again whenever it ends. Every request carries the run's token.
 */
export function browserHostTransport(token: string): Transport {
  const headers = { "X-Station-Token": token };
  const listeners = new Set<(up: boolean) => void>();
  let up = true;
  const connection = (now: boolean) => {
    if (now === up) return;
    up = now;
    for (const listener of listeners) listener(now);
  };
  return {
    async call(name, input) {
      const response = await fetch(`/call/${encodeURIComponent(name)}`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify(input),
      });
      return (await response.json()) as unknown;
    },
    subscribe: shareFeeds(({ feeds, signal, tell }) => {
      void (async () => {
        for (let failures = 0; !signal.aborted; failures += 1) {
          try {
            const response = await fetch(`/feeds/${feeds.join(",")}`, { headers, signal });
            // A host that does not know a feed will not learn it.
            if (response.status === 404) return;
            if (response.ok && response.body !== null) {
              await readLines(response.body, (line) => {
                failures = 0;
                connection(true);
                const { feed, snapshot } = JSON.parse(line) as { readonly feed: string; readonly snapshot: unknown };
                tell(feed, snapshot);
              });
            }
          } catch {
            // The wait below and a new attempt are the answer to a broken feed.
          }
          if (signal.aborted) return;
          connection(false);
          await wait(retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)] ?? 2000);
        }
      })();
    }),
    onConnection(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function readLines(body: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const splitter = createLineSplitter(longestLine);
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const line of splitter(decoder.decode(value, { stream: true }))) onLine(line);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
