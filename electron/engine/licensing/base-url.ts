import { StationError } from "#shared/domain/errors.ts";

export interface BaseUrl {
  readonly origin: string;
  /** Path prefix without a slash at its end; may be empty. */
  readonly prefix: string;
}

/**
 * An absolute address with nothing but a path behind it (LICENSESEAT section 1); plain HTTP only to this machine itself.
 * @throws StationError API_URL_INVALID
 */
export function parseBaseUrl(text: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.username === "" && url.password === "" && !/[?#\s]/.test(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (!isPlain || !isSafe) {
    // The address is not repeated: a password may stand in it.
    throw new StationError(
      "API_URL_INVALID",
      "The API address must be an absolute https:// address, or http:// to this machine, without user name, query or fragment.",
    );
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") };
}

/** `localhost`, 127/8 and `[::1]`, as the URL parser writes them. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
