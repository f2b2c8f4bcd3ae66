import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDispatch, feedIntervalMs } from "../../electron/engine/dispatch.ts";
import { longestInput } from "../../electron/engine/handlers/plain-input.ts";
import { silentLog } from "../../electron/engine/platform/log.ts";
import { StationError } from "../../shared/domain/errors.ts";
import { calls, feeds } from "../../shared/ipc/contract.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { stubFeeds, stubHandlers } from "../fakes/stub-engine.ts";

function arrange(told: Parameters<typeof stubHandlers>[0] = {}) {
  const { handlers, given } = stubHandlers(told);
  const clock = fakeClock();
  const feeds = stubFeeds();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  return { dispatch: createDispatch({ handlers, feeds: feeds.feeds, clock, log }), given, clock, feeds, warnings };
}

const usage = expect.objectContaining({ ok: false, error: expect.objectContaining({ code: "USAGE" }) });

describe("calls", () => {
  test("a good call runs its handler once on the parsed input and answers with the checked output", async () => {
    const { dispatch, given } = arrange({
      "devices.receipt": ({ index }) => ({ name: `${index}.tlog-proof`, content: "x" }),
    });
    expect(await dispatch.call("devices.receipt", { index: 3 })).toEqual({
      ok: true,
      value: { name: "3.tlog-proof", content: "x" },
    });
    expect(given).toEqual([{ name: "devices.receipt", input: { index: 3 } }]);
  });

  test.each([
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "",
    "settings",
    "settings.get ",
    "SETTINGS.GET",
    "x".repeat(1_000_000),
    null,
    undefined,
    7,
    {},
    ["settings.get"],
    { toString: () => "settings.get" },
    Symbol("settings.get"),
  ])("a name that is not in the contract runs nothing (%#)", async (name) => {
    const { dispatch, given } = arrange();
    expect(await dispatch.call(name, {})).toEqual(usage);
    expect(given).toEqual([]);
  });

  const ring: Record<string, unknown> = {};
  ring["secret"] = ring;
  const deep = () => {
    let value: unknown = "x";
    for (let i = 0; i < 10_000; i++) value = [value];
    return { secret: value };
  };
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a string", "secret"],
    ["an array", ["secret"]],
    ["a function", () => ({ secret: "x" })],
    ["a missing member", {}],
    ["a wrong type", { secret: 7 }],
    ["an empty secret", { secret: "" }],
    ["a further member", { secret: "x", path: "/etc/passwd" }],
    ["own __proto__", JSON.parse('{"secret":"x","__proto__":{"admin":true}}')],
    ["an inherited member", Object.create({ secret: "x" })],
    [
      "a class instance",
      new (class {
        secret = "x";
      })(),
    ],
    ["a map", new Map([["secret", "x"]])],
    ["a date", new Date(0)],
    ["bytes", new Uint8Array(1_000_000)],
    ["a ring", ring],
    ["great depth", deep()],
    ["an array of holes", { secret: Object.assign([], { length: 4_000_000_000 }) }],
    ["too long a string", { secret: "x".repeat(longestInput + 1) }],
    ["long names", Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}`.repeat(100_000), 0]))],
    ["too many values", { secret: Array.from({ length: 10_001 }, () => 0) }],
    ["not a number", { secret: Number.NaN }],
    [
      "a getter that throws",
      {
        get secret() {
          throw new Error("boom");
        },
      },
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("boom");
          },
        },
      ),
    ],
  ])("hostile input is refused before the handler: %s", async (_title, raw) => {
    const { dispatch, given } = arrange();
    const reply = await dispatch.call("settings.set-api-key", raw);
    expect(reply.ok).toBe(false);
    expect(given).toEqual([]);
  });

  test("what is refused is told by place, never by value", async () => {
    const { dispatch, warnings } = arrange();
    const reply = await dispatch.call("licenses.add", {
      label: 1,
      product: "p",
      pool: "",
      secret: "TOP-SECRET-KEY-0001",
    });
    expect(reply).toEqual({
      ok: false,
      error: { code: "USAGE", message: "The call was not understood.", details: { place: "label" } },
    });
    expect(JSON.stringify([reply, warnings])).not.toContain("TOP-SECRET");
  });

  test("a handler's own failure keeps its code; anything else becomes INTERNAL without its text", async () => {
    const { dispatch } = arrange({
      "batch.proof": () => {
        throw new StationError("STICK_GONE", "Plug it in again.", { details: { slot: 3 } });
      },
      "settings.get": () => {
        throw new Error("secret inside");
      },
      // oxlint-disable-next-line prefer-promise-reject-errors -- anything may be thrown
      "job.get": () => Promise.reject("secret inside"),
    });
    expect(await dispatch.call("batch.proof", { batch: "b" })).toEqual({
      ok: false,
      error: { code: "STICK_GONE", message: "Plug it in again.", details: { slot: 3 } },
    });
    for (const name of ["settings.get", "job.get"]) {
      expect(await dispatch.call(name, {})).toEqual({
        ok: false,
        error: { code: "INTERNAL", message: expect.not.stringContaining("secret") },
      });
    }
  });

  test("an answer that breaks the contract is not passed on", async () => {
    const { dispatch, warnings } = arrange({ "job.get": (() => ({ product: "p", apiKey: "leak" })) as never });
    const reply = await dispatch.call("job.get", {});
    expect(reply).toEqual({ ok: false, error: expect.objectContaining({ code: "INTERNAL" }) });
    expect(JSON.stringify([reply, warnings])).not.toContain("leak");
    expect(warnings).toHaveLength(1);
  });

  test("a message of any length fits the contract", async () => {
    const { dispatch } = arrange({
      "settings.get": () => {
        throw new StationError("STICK_IO", "x".repeat(10_000));
      },
    });
    const reply = await dispatch.call("settings.get", {});
    expect(!reply.ok && reply.error.message.length).toBe(4096);
  });

  test("no call ever rejects, whatever it is given", async () => {
    const { dispatch } = arrange();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...Object.keys(calls)), fc.anything()),
        fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
        async (name, raw) => {
          const reply = await dispatch.call(name, raw);
          expect(typeof reply.ok).toBe("boolean");
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("feeds", () => {
  test.each(["__proto__", "constructor", "nothing", null, {}])("an unknown feed is refused: %s", (name) => {
    const { dispatch, feeds } = arrange();
    expect(dispatch.subscribe(name, () => {})).toEqual(usage);
    expect(feeds.listeners).toBe(0);
  });

  test.each(Object.keys(feeds))("%s: the present snapshot comes at once", (name) => {
    const { dispatch, feeds } = arrange();
    const seen: unknown[] = [];
    expect(dispatch.subscribe(name, (snapshot) => void seen.push(snapshot)).ok).toBe(true);
    expect(seen).toEqual([feeds.empty[name as keyof typeof feeds.empty]]);
  });

  const running = (done: number) => ({ running: true, done, total: 9, ok: null, problems: [], finishedAt: null });

  test("many changes within one interval are one snapshot, the newest", async () => {
    const { dispatch, feeds, clock } = arrange();
    const seen: number[] = [];
    dispatch.subscribe("verification", (snapshot) => void seen.push((snapshot as { done: number }).done));
    for (let done = 1; done <= 5; done++) feeds.set("verification", running(done));
    await clock.advance(feedIntervalMs - 1);
    expect(seen).toEqual([0]);
    await clock.advance(1);
    expect(seen).toEqual([0, 5]);
    await clock.advance(1000);
    expect(seen).toEqual([0, 5]);
    feeds.set("verification", running(6));
    expect(seen).toEqual([0, 5, 6]);
  });

  test("a slow listener is never given two at once and skips what it missed; another is not held up", async () => {
    const { dispatch, feeds, clock } = arrange();
    const slow: number[] = [];
    const fast: number[] = [];
    let release = () => {};
    dispatch.subscribe("verification", (snapshot) => {
      slow.push((snapshot as { done: number }).done);
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    dispatch.subscribe("verification", (snapshot) => void fast.push((snapshot as { done: number }).done));
    for (let done = 1; done <= 3; done++) {
      feeds.set("verification", running(done));
      await clock.advance(100);
    }
    expect(slow).toEqual([0]);
    expect(fast).toEqual([0, 1, 2, 3]);
    release();
    await clock.advance(100);
    expect(slow).toEqual([0, 3]);
  });

  test("a listener that throws or rejects is dropped and the source is let go", async () => {
    const { dispatch, feeds, clock } = arrange();
    dispatch.subscribe("sticks", () => {
      throw new Error("gone");
    });
    dispatch.subscribe("sticks", () => Promise.reject(new Error("gone")));
    await clock.advance(1);
    expect(feeds.listeners).toBe(0);
  });

  test("after its end nothing comes, and ending twice is harmless", async () => {
    const { dispatch, feeds, clock } = arrange();
    const seen: unknown[] = [];
    const reply = dispatch.subscribe("verification", (snapshot) => void seen.push(snapshot));
    if (!reply.ok) throw new Error("refused");
    reply.value();
    reply.value();
    feeds.set("verification", running(1));
    await clock.advance(1000);
    expect(seen).toHaveLength(1);
    expect(feeds.listeners).toBe(0);
    expect(clock.sleeping).toBe(0);
  });

  test("a snapshot that breaks the contract is not passed on, the next good one is", async () => {
    const { dispatch, feeds, clock, warnings } = arrange();
    const seen: unknown[] = [];
    dispatch.subscribe("verification", (snapshot) => void seen.push(snapshot));
    feeds.set("verification", { running: true, secret: "leak" });
    await clock.advance(100);
    feeds.set("verification", running(2));
    await clock.advance(100);
    expect(seen).toEqual([feeds.empty.verification, running(2)]);
    expect(warnings).toEqual([expect.not.stringContaining("leak")]);
  });

  test("subscriptions are bounded, and ended ones make room", () => {
    const { dispatch } = arrange();
    const open = Array.from({ length: 256 }, () => dispatch.subscribe("sticks", () => {}));
    expect(open.every(({ ok }) => ok)).toBe(true);
    expect(dispatch.subscribe("sticks", () => {})).toEqual(usage);
    const first = open[0];
    if (first?.ok === true) first.value();
    expect(dispatch.subscribe("sticks", () => {}).ok).toBe(true);
  });
});
