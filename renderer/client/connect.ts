import { browserHostTransport } from "./browser-host-transport.ts";
import type { Transport } from "./transport.ts";

declare global {
  interface Window {
    /** What the preload script exposes; absent in a plain browser. */
    readonly station?: Pick<Transport, "call" | "subscribe">;
  }
}

/** The transport of the place this window runs in. */
export function connect(): Transport {
  return window.station ?? browserHostTransport(runToken());
}

const tokenKey = "station-run-token";

/**
 * The browser host's token of this run comes in the address' fragment and leaves it at once, so that it is in no
 * bookmark and no shared address. It is kept for this tab only: a reload must cost nothing.
 */
function runToken(): string {
  const match = /^#token=([A-Za-z0-9_-]{16,256})$/.exec(location.hash);
  if (match?.[1] !== undefined) {
    sessionStorage.setItem(tokenKey, match[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  const meta = document.querySelector<HTMLMetaElement>('meta[name="station-token"]');
  return meta?.content ?? sessionStorage.getItem(tokenKey) ?? "";
}
