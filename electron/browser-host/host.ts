import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pageHeaders } from "#shared/ipc/page-headers.ts";
import { longestBody } from "./body.ts";
import type { Dispatch } from "../engine/dispatch.ts";
import { type PageFiles, pageFileAt } from "../engine/platform/page-files.ts";
import type { Random } from "../engine/platform/random.ts";
import { answerCall } from "./answer-call.ts";
import { streamFeeds } from "./stream-feeds.ts";
import { createToken, type Token } from "./token.ts";

export interface BrowserHost {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** What to open: the origin with this run's token in the fragment, which no browser sends to a server. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * The station's window for a machine without the desktop shell: its pages, `POST /call/<name>` and
 * `GET /feeds/<name>,<name>…` on the loopback interface, for this run's token and our own pages alone.
 */
export async function startBrowserHost(options: {
  readonly dispatch: Dispatch;
  readonly pages: PageFiles;
  readonly random: Random;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
}): Promise<BrowserHost> {
  const token = createToken(options.random);
  let origin = "";
  const server = createServer(
    { maxHeaderSize: 8192, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5000 },
    (request, response) => void serve({ ...options, token, origin }, request, response),
  );
  server.maxConnections = 128;
  await listen(server, options.port ?? 0);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    address: `${origin}/#token=${token.text}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Host {
  readonly dispatch: Dispatch;
  readonly pages: PageFiles;
  readonly token: Token;
  readonly origin: string;
}

async function serve(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on("error", () => {});
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  response.setHeader("cache-control", "no-store");
  const { method = "", url = "" } = request;
  if (`http://${request.headers.host ?? ""}` !== host.origin) return refuse(response, 403);

  const page = pageFileAt(host.pages, url);
  if (!isFromOurPage(host.origin, request) && !(page !== null && isNavigation(request))) return refuse(response, 403);
  if (page !== null) {
    if (method !== "GET") return refuse(response, 405);
    response.writeHead(200, { "content-type": page.type, "content-length": page.bytes.length });
    response.end(page.bytes);
    return;
  }
  const [, name] = /^\/call\/([a-z-]+(?:\.[a-z-]+)?)$/.exec(url) ?? [];
  const [, feeds] = /^\/feeds\/([a-z-]+(?:,[a-z-]+){0,31})$/.exec(url) ?? [];
  if (name === undefined && feeds === undefined) return refuse(response, 404);
  if (!host.token.matches(request.headers["x-station-token"])) return refuse(response, 401);
  if (name === undefined) {
    if (method !== "GET") return refuse(response, 405);
    return streamFeeds(host.dispatch, feeds?.split(",") ?? [], response);
  }
  if (method !== "POST") return refuse(response, 405);
  // A page of another site cannot set this type without asking first, and nobody answers its question.
  if (request.headers["content-type"] !== "application/json") return refuse(response, 415);
  if (request.headers.origin !== host.origin) return refuse(response, 403);
  if (Number(request.headers["content-length"] ?? 0) > longestBody) return refuse(response, 413);
  return await answerCall(host.dispatch, name, request, response);
}

/** Browsers say where a request comes from; a page that is not ours is refused even with the right Host. */
function isFromOurPage(origin: string, request: IncomingMessage): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return request.headers.origin === undefined || request.headers.origin === origin;
}

/** The window may be opened from anywhere: its pages hold nothing, and without the token they get nothing. */
function isNavigation({ headers }: IncomingMessage): boolean {
  return (
    headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document" && headers.origin === undefined
  );
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: "close" });
  response.end();
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve());
  });
}
