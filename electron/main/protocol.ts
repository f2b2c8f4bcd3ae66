import { windowScheme } from "#shared/ipc/channels.ts";
import { pageHeaders } from "#shared/ipc/page-headers.ts";
import { pageFileAt, type PageFiles } from "../engine/platform/page-files.ts";
import { isOwnAddress } from "./security.ts";

/**
 * Registered before the app is ready. Standard and secure, so that the page has an origin of its own; it bypasses no
 * policy, and no page of another origin may fetch from it.
 */
export const windowSchemes = [
  { scheme: windowScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
];

/** Answers one request of the window's protocol with a file of the built window, or refuses. */
export function answerPageRequest(
  pages: PageFiles,
  request: { readonly url: string; readonly method: string },
): Response {
  const page = isOwnAddress(request.url) ? pageFileAt(pages, new URL(request.url).pathname) : null;
  if (page === null) return new Response(null, { status: 404, headers: pageHeaders });
  if (request.method !== "GET") return new Response(null, { status: 405, headers: pageHeaders });
  return new Response(page.bytes, { headers: { ...pageHeaders, "content-type": page.type } });
}
