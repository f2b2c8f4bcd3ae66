import type { Transport } from "./transport.ts";
import { createLineSplitter } from "./line-splitter.ts";

/** Longest line of a feed, in characters; a longer one ends the connection. */
const longestLine = 16 * 1024 * 1024;
const retryDelaysMs = [250, 500, 1000, 2000];

/**
 * Talks to the browser host that served this page: `POST /call/<name>` with the input as JSON, and all feeds over one
 * `GET /feeds/<name>,<name>…` as newline-delimited JSON, opened again whenever it ends or another feed is wanted: a
 * browser opens six connections to one host, and a feed each would leave none for calls. Every request carries the
 * run's token.
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
  const feeds = new Map<string, Set<(snapshot: unknown) => void>>();
  let stream: AbortController | null = null;
  let isReopening = false;
  /** Once for all that subscribe in the same turn. */
  const reopen = () => {
    if (isReopening) return;
    isReopening = true;
    queueMicrotask(() => {
      isReopening = false;
      stream?.abort();
      stream = null;
      if (feeds.size === 0) return;
      stream = new AbortController();
      void follow([...feeds.keys()], stream.signal);
    });
  };
  const follow = async (names: readonly string[], signal: AbortSignal) => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const response = await fetch(`/feeds/${names.map(encodeURIComponent).join(",")}`, { headers, signal });
        // A host that does not know one of the feeds will not learn it.
        if (response.status === 404) return;
        if (response.ok && response.body !== null) {
          await readLines(response.body, (line) => {
            if (signal.aborted) return;
            failures = 0;
            connection(true);
            const { feed, snapshot } = JSON.parse(line) as { readonly feed: string; readonly snapshot: unknown };
            for (const tell of feeds.get(feed) ?? []) tell(snapshot);
          });
        }
      } catch {
        // The wait below and a new attempt are the answer to a broken stream.
      }
      if (signal.aborted) return;
      connection(false);
      await wait(retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)] ?? 2000);
    }
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
    subscribe(feed, onSnapshot) {
      const wanted = feeds.get(feed) ?? new Set();
      feeds.set(feed, wanted);
      wanted.add(onSnapshot);
      reopen();
      return () => {
        wanted.delete(onSnapshot);
        if (wanted.size > 0) return;
        feeds.delete(feed);
        if (feeds.size === 0) stream?.abort();
      };
    },
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
