import { afterEach, describe, expect, test } from "vitest";
import { startBrowserHost } from "../../electron/browser-host/host.ts";
import { createDispatch } from "../../electron/engine/dispatch.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { silentLog } from "../../electron/engine/platform/log.ts";
import { serveIpc } from "../../electron/main/ipc.ts";
import { calls, feeds } from "../../shared/ipc/contract.ts";
import { electronMessages } from "../fakes/electron-messages.ts";
import { browserClient } from "../fakes/browser-client.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { stubFeeds, stubHandlers } from "../fakes/stub-engine.ts";

interface Side {
  readonly given: ReturnType<typeof stubHandlers>["given"];
  readonly feeds: ReturnType<typeof stubFeeds>;
  call(name: string, input: unknown): Promise<unknown>;
  subscribe(feed: string, listener: (snapshot: unknown) => void): () => void;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function engine() {
  const { handlers, given } = stubHandlers();
  const feeds = stubFeeds();
  return {
    given,
    feeds,
    dispatch: createDispatch({ handlers, feeds: feeds.feeds, clock: systemClock, log: silentLog }),
  };
}

const transports: Record<string, () => Promise<Side>> = {
  "browser host": async () => {
    const { dispatch, given, feeds } = engine();
    const host = await startBrowserHost({ dispatch, pages: new Map(), random: seededRandom("contract") });
    open.push(host.close);
    return { given, feeds, ...browserClient(host.address) };
  },
  "desktop messages": async () => {
    const { dispatch, given, feeds } = engine();
    const messages = electronMessages();
    serveIpc({ messages: messages.main, dispatch, isOurs: () => true, send: messages.send });
    return { given, feeds, ...messages.bridge() };
  },
};

const hostile: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["a number", 7],
  ["text", "settings"],
  ["a list", [{}]],
  ["an unknown member", { path: "/etc/passwd" }],
  ["own __proto__", JSON.parse('{"__proto__":{"secret":"x","id":"x","batch":"x","stickId":"x"}}')],
  ["own constructor", { constructor: { prototype: {} } }],
  [
    "every member of the wrong kind",
    Object.fromEntries(
      [
        "secret",
        "id",
        "batch",
        "stickId",
        "offset",
        "limit",
        "query",
        "devices",
        "index",
        "form",
        "before",
        "label",
      ].map((name) => [name, { $gt: "" }]),
    ),
  ],
  [
    "numbers out of range",
    {
      offset: -1,
      limit: 1e9,
      before: 0.5,
      devices: Number.MAX_SAFE_INTEGER,
      index: -7,
      query: "",
      batch: "b",
      status: [],
      type: null,
    },
  ],
  ["very long text", { secret: "x".repeat(600_000), id: "x".repeat(600_000) }],
  ["a deep nest", JSON.parse(`${'{"secret":'.repeat(15)}1${"}".repeat(15)}`)],
];

describe.each(Object.entries(transports))("%s", (_name, arrange) => {
  test.each(Object.keys(calls))(
    "%s: hostile input is answered with a failure and never reaches its handler",
    async (name) => {
      const side = await arrange();
      for (const [, input] of hostile) {
        expect(await side.call(name, input)).toMatchObject({ ok: false, error: { code: "USAGE" } });
      }
      expect(side.given).toEqual([]);
    },
  );

  test.each([
    "__proto__",
    "constructor",
    "toString",
    "settings",
    "settings.get.x",
    "x".repeat(5000),
    "../settings.get",
    "settings.get?x",
    "",
  ])("a name that is not in the contract is refused: %s", async (name) => {
    const side = await arrange();
    expect(await side.call(name, {})).toMatchObject({ ok: false });
    expect(side.given).toEqual([]);
  });

  test.each(Object.entries(calls).filter(([, { input }]) => input.safeParse({}).success))(
    "%s: good input reaches its handler once, and its failure comes back with its code",
    async (name) => {
      const side = await arrange();
      expect(await side.call(name, {})).toEqual({
        ok: false,
        error: { code: "CANCELLED", message: "The stub was told nothing." },
      });
      expect(side.given).toEqual([{ name, input: {} }]);
    },
  );

  test.each(Object.keys(feeds))(
    "%s: a subscriber gets the present snapshot, then the newest, until it leaves",
    async (name) => {
      const side = await arrange();
      const seen: unknown[] = [];
      let next = () => {};
      const snapshot = () =>
        new Promise<void>((resolve) => {
          next = resolve;
        });
      let arrived = snapshot();
      const leave = side.subscribe(name, (value) => {
        seen.push(value);
        next();
      });
      await arrived;
      arrived = snapshot();
      side.feeds.set(name as "sticks", side.feeds.empty[name as "sticks"]);
      await arrived;
      expect(seen).toEqual([side.feeds.empty[name as "sticks"], side.feeds.empty[name as "sticks"]]);
      leave();
      await settled(() => side.feeds.listeners === 0);
      side.feeds.set(name as "sticks", []);
      expect(seen).toHaveLength(2);
    },
  );

  test("a feed that is not in the contract gives nothing and breaks nothing", async () => {
    const side = await arrange();
    const seen: unknown[] = [];
    for (const name of ["__proto__", "constructor", "", "nothing"]) side.subscribe(name, (value) => seen.push(value));
    await side.call("settings.get", {});
    expect(seen).toEqual([]);
    expect(side.feeds.listeners).toBe(0);
  });
});

/** Turns of the event loop until something has come true; the test's own time limit ends it when it never does. */
async function settled(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
