import { type IncomingHttpHeaders, request, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BrowserHost, startBrowserHost } from "../../electron/browser-host/host.ts";
import { longestBody } from "../../electron/browser-host/body.ts";
import { createDispatch } from "../../electron/engine/dispatch.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { silentLog } from "../../electron/engine/platform/log.ts";
import type { PageFiles } from "../../electron/engine/platform/page-files.ts";
import { utf8 } from "../../shared/formats/encoding.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { stubFeeds, stubHandlers } from "../fakes/stub-engine.ts";

const pages: PageFiles = new Map([
  ["/index.html", { type: "text/html; charset=utf-8", bytes: utf8("<!doctype html><title>station</title>") }],
  ["/assets/app.js", { type: "text/javascript; charset=utf-8", bytes: utf8("export {};") }],
]);

let host: BrowserHost;
let token: string;
let feeds: ReturnType<typeof stubFeeds>;
let given: ReturnType<typeof stubHandlers>["given"];
beforeEach(async () => {
  const stub = stubHandlers({
    "ledger.checkpoint": () => ({ checkpoint: "a note" }),
    "settings.set-api-key": () => ({}) as never,
  });
  given = stub.given;
  feeds = stubFeeds();
  const dispatch = createDispatch({ handlers: stub.handlers, feeds: feeds.feeds, clock: systemClock, log: silentLog });
  host = await startBrowserHost({ dispatch, pages, random: seededRandom("host") });
  token = new URL(host.address).hash.replace("#token=", "");
});
afterEach(() => host.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(host.origin, { path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const callHeaders = () => ({ "content-type": "application/json", "x-station-token": token, origin: host.origin });
const call = (name: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  ask(`/call/${name}`, { method: "POST", headers: { ...callHeaders(), ...headers } }, body);

describe("pages", () => {
  test("the index and its files are served with the policy, and nothing may be kept or framed", async () => {
    const index = await ask("/");
    expect(index).toEqual({
      status: 200,
      body: "<!doctype html><title>station</title>",
      headers: expect.objectContaining({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self';/),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
      }),
    });
    expect(index.headers["content-security-policy"]).not.toMatch(/unsafe|\*|http/);
    expect(index.headers).not.toHaveProperty("access-control-allow-origin");
    expect((await ask("/assets/app.js")).body).toBe("export {};");
  });

  test("the token is in no page and no header", async () => {
    const everything = JSON.stringify([await ask("/"), await ask("/assets/app.js")]);
    expect(everything).not.toContain(token);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test.each([
    "/../package.json",
    "/..%2fpackage.json",
    "/assets/../../package.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets",
    "/assets/",
    "//etc/passwd",
    "/index.html?x",
    "/assets/app.js.map",
    "/constructor",
    "/__proto__",
    "/call",
    "/call/",
    "/feeds/",
    "/call/settings.get/x",
    "http://other.example/",
    "*",
  ])("%s is not there", async (path) => {
    const { status, body } = await ask(path, { headers: { "x-station-token": token } });
    expect([404, 400]).toContain(status);
    expect(body).toBe("");
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])("%s on a page is refused", async (method) => {
    expect((await ask("/", { method })).status).toBe(405);
  });
});

describe("who may speak", () => {
  test.each(["localhost", "station.example", "127.0.0.1", "x", "[::1]"])(
    "host %j is refused everywhere",
    async (name) => {
      const port = new URL(host.origin).port;
      for (const value of [name, `${name}:${Number(port) + 1}`, ...(name === "127.0.0.1" ? [] : [`${name}:${port}`])]) {
        expect((await ask("/", { headers: { host: value } })).status).toBe(403);
        expect((await call("ledger.checkpoint", "{}", { host: value })).status).toBe(403);
      }
    },
  );

  test.each(["http://127.0.0.1:1", "https://evil.example", "null", "file://"])(
    "origin %s is refused",
    async (origin) => {
      expect((await ask("/", { headers: { origin } })).status).toBe(403);
      expect((await call("ledger.checkpoint", "{}", { origin })).status).toBe(403);
      expect((await ask("/feeds/sticks", { headers: { origin, "x-station-token": token } })).status).toBe(403);
    },
  );

  test.each(["cross-site", "same-site"])("a page the browser calls %s is refused", async (site) => {
    expect((await ask("/", { headers: { "sec-fetch-site": site } })).status).toBe(403);
    expect((await call("ledger.checkpoint", "{}", { "sec-fetch-site": site })).status).toBe(403);
  });

  test("the window itself may be opened by a link from anywhere, but not framed and not called", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect((await ask("/", { headers })).status).toBe(200);
    expect((await ask("/", { headers: { ...headers, "sec-fetch-dest": "iframe" } })).status).toBe(403);
    expect((await call("ledger.checkpoint", "{}", headers)).status).toBe(403);
  });

  test("a call without an origin is refused: browsers always send one", async () => {
    const { origin: _, ...headers } = callHeaders();
    expect((await ask("/call/ledger.checkpoint", { method: "POST", headers }, "{}")).status).toBe(403);
  });

  test.each(["", "x", "A".repeat(43), "é".repeat(43)])("token %j is refused", async (guess) => {
    const headers = { "x-station-token": Buffer.from(guess).toString("latin1") };
    expect((await call("ledger.checkpoint", "{}", headers)).status).toBe(401);
    expect((await ask("/feeds/sticks", { headers })).status).toBe(401);
    expect(given).toEqual([]);
  });

  test("without a token nothing is answered", async () => {
    const { "x-station-token": _, ...headers } = callHeaders();
    expect((await ask("/call/ledger.checkpoint", { method: "POST", headers }, "{}")).status).toBe(401);
    expect((await ask("/feeds/sticks")).status).toBe(401);
  });

  test("a preflight is answered with nothing that would let another page in", async () => {
    const { status, headers } = await ask("/call/settings.get", {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "access-control-request-headers": "x-station-token" },
    });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("it listens on the loopback interface only", () => {
    expect(host.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe("calls", () => {
  test("a reply comes as JSON", async () => {
    const { status, body, headers } = await call("ledger.checkpoint", "{}");
    expect([status, JSON.parse(body), headers["content-type"]]).toEqual([
      200,
      { ok: true, value: { checkpoint: "a note" } },
      "application/json; charset=utf-8",
    ]);
  });

  test.each<[string, string | Buffer, number]>([
    ["nothing", "", 400],
    ["not JSON", "{", 400],
    ["two values", "{}{}", 400],
    ["a member twice", '{"secret":"a","secret":"b"}', 400],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22]), 400],
    ["great depth", `{"secret":${"[".repeat(100_000)}`, 400],
    ["too long", `{"secret":"${"x".repeat(longestBody)}"}`, 413],
  ])("a body of %s is refused before the engine", async (_title, body, status) => {
    expect((await call("settings.set-api-key", body)).status).toBe(status);
    expect(given).toEqual([]);
  });

  test("a body that keeps coming without a length is cut off", async () => {
    const answer = new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(host.origin).port), "127.0.0.1");
      const lines = Object.entries({
        ...callHeaders(),
        host: new URL(host.origin).host,
        "transfer-encoding": "chunked",
      });
      socket.write(
        `POST /call/job.get HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
      );
      const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      const pour = () => {
        while (socket.writable && socket.write(chunk)) {}
      };
      socket
        .on("drain", pour)
        .on("error", reject)
        .on("data", (bytes) => resolve(bytes.toString()));
      pour();
    });
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(given).toEqual([]);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=utf-16",
  ])("a body of type %s is refused", async (type) => {
    expect((await call("ledger.checkpoint", "{}", { "content-type": type })).status).toBe(415);
  });

  test("a call is only ever a POST and a feed only ever a GET", async () => {
    expect((await ask("/call/ledger.checkpoint", { headers: callHeaders() })).status).toBe(405);
    expect((await ask("/feeds/sticks", { method: "POST", headers: callHeaders() }, "{}")).status).toBe(405);
  });
});

describe("feeds", () => {
  test("snapshots come one a line, the present one at once; leaving ends the subscription", async () => {
    const lines: string[] = [];
    let more = () => {};
    const wait = (count: number) =>
      new Promise<void>((resolve) => {
        more = () => lines.length >= count && resolve();
        more();
      });
    const sent = request(
      host.origin,
      { path: "/feeds/verification", headers: { "x-station-token": token }, agent: false },
      (response) => {
        response.setEncoding("utf8").on("data", (text: string) => {
          lines.push(...text.split("\n").filter((line) => line !== ""));
          more();
        });
        response.on("error", () => {});
      },
    );
    sent.on("error", () => {});
    sent.end();
    await wait(1);
    feeds.set("verification", { ...feeds.empty.verification, running: true });
    await wait(2);
    expect(lines.map((line) => JSON.parse(line).snapshot.running)).toEqual([false, true]);
    const left = new Promise<void>((resolve) => {
      const poll = () => (feeds.listeners === 0 ? resolve() : void setImmediate(poll));
      poll();
    });
    sent.destroy();
    await left;
  });

  test("several feeds share a connection, each snapshot under its feed's name; one that is unknown refuses them all", async () => {
    const seen = new Set<string>();
    await new Promise<void>((resolve) => {
      const path = "/feeds/sticks,verification,sticks";
      const sent = request(host.origin, { path, headers: { "x-station-token": token }, agent: false }, (response) => {
        response.setEncoding("utf8").on("data", (text: string) => {
          for (const line of text.split("\n").filter(Boolean)) seen.add(JSON.parse(line).feed);
          if (seen.size === 2) sent.destroy();
        });
        response.on("error", () => {}).on("close", () => resolve());
      });
      sent.on("error", () => {});
      sent.end();
    });
    expect([...seen].sort()).toEqual(["sticks", "verification"]);
    expect((await ask("/feeds/sticks,constructor", { headers: { "x-station-token": token } })).status).toBe(404);
    expect(
      (await ask(`/feeds/${Array(40).fill("sticks").join(",")}`, { headers: { "x-station-token": token } })).status,
    ).toBe(404);
  });

  test("an unknown feed is not there", async () => {
    expect((await ask("/feeds/constructor", { headers: { "x-station-token": token } })).status).toBe(404);
  });

  test("closing the host ends every stream", async () => {
    const ended = new Promise<void>((resolve) => {
      const sent = request(
        host.origin,
        { path: "/feeds/sticks", headers: { "x-station-token": token }, agent: false },
        (response) => {
          response.on("data", () => void host.close());
          response.on("close", () => resolve());
          response.on("error", () => {});
        },
      );
      sent.on("error", () => {});
      sent.end();
    });
    await ended;
    expect(feeds.listeners).toBe(0);
  });
});
