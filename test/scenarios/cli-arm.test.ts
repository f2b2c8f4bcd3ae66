import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { armCommand } from "../../electron/cli/commands/arm.ts";
import type { Bench } from "../../electron/engine/handlers/bench/bench.ts";
import { simulatedBench } from "../fakes/simulated-bench.ts";
import { type ShelfStick, stickShelf } from "../fixtures/drives/stick-shelf.ts";
import { type CliWorld, cliWorld } from "./cli-world.ts";

type Line = Readonly<Record<string, unknown>> & { readonly accept?: string; readonly stick?: string };

let world: CliWorld;
beforeEach(async () => {
  world = await cliWorld();
});
afterEach(async () => world.close());

/** `station arm` of this world with simulated sticks, its input and its lines as another program has them. */
function arm(more: readonly string[] = []) {
  let bench: Bench | null = null;
  const shelf = stickShelf(() => void bench?.look());
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  const ending = new AbortController();
  const stdin = new PassThrough();
  let isStdinOpen = false;
  let stderr = "";
  const order = ["--work-order", "WO-1", "--count", "10", "--product", world.sandbox.product, "--json-lines"];
  const access = ["--license", world.sandbox.licenseKey, "--api", world.sandbox.url, "--teach-all"];
  const code = armCommand(
    [...order, ...access, ...more],
    {
      stdout: (text) => {
        lines.push(JSON.parse(text));
        for (const look of waiting) look();
      },
      stderr: (line) => void (stderr += `${line}\n`),
      env: world.env,
      signal: ending.signal,
      stdin: () => {
        isStdinOpen = true;
        return stdin;
      },
    },
    {
      openBench: (options) => (bench = simulatedBench(options, shelf.source, { run: shelf.run })),
      openStick: () => shelf.openStick,
    },
  );
  let told = 0;
  /** The first line that fits, of those that have not been looked at. */
  const until = async (part: Line): Promise<Line> => {
    for (;;) {
      for (const line of lines.slice(told)) {
        told += 1;
        if (Object.entries(part).every(([name, value]) => line[name] === value)) return line;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      await promise;
      waiting.delete(resolve);
    }
  };
  return {
    shelf,
    stdin,
    until,
    lines,
    isStdinOpen: () => isStdinOpen,
    said: () => stderr,
    end: async () => {
      ending.abort();
      return await code;
    },
  };
}

function ask(stick: ShelfStick, ...names: readonly string[]): void {
  for (const name of names)
    stick.files.put(`${stick.root}/requests/${name}.fingerprint.txt`, `fp-${name}-0001\n${name}\n`);
}

/** Plugs in a stick with good requests and one that nobody can use: held for a person to say that the good ones may go. */
async function plugHeld({ shelf, until }: ReturnType<typeof arm>, ...names: readonly string[]) {
  const stick = shelf.add("WORN");
  ask(stick, ...names);
  stick.files.put(`${stick.root}/requests/worn.fingerprint.txt`, "short\n");
  shelf.plug(stick, 1);
  return { stick, held: await until({ type: "slot", state: "held" }) };
}

const delivered = (stick: ShelfStick): number =>
  Object.keys(stick.files.tree(stick.root)).filter((path) => path.endsWith(".lic")).length;

test("a held stick is decided by the line that its slot told, and the ledger says so", async () => {
  const armed = arm(["--decide"]);
  await armed.until({ type: "bench", armed: true });
  const { stick, held } = await plugHeld(armed, "a", "b");
  expect(held).toMatchObject({ slot: 1, label: "WORN", devices: 2, accept: `accept 1 some-refused ${held.stick}` });
  expect(armed.said()).toContain(`To go on all the same, type: ${held.accept}`);
  expect(delivered(stick)).toBe(0);

  armed.stdin.write(`${held.accept}\r\n`);
  expect(await armed.until({ type: "slot", state: "remove" })).toMatchObject({ slot: 1, devices: 2, accept: null });
  expect(armed.lines.filter(({ type }) => type === "decision")).toMatchObject([
    { slot: 1, reason: "some-refused", stick: held.stick, problem: null },
  ]);
  expect(delivered(stick)).toBe(2);
  expect(await armed.end()).toBe(0);
  expect(world.entries("batch.started")).toMatchObject([{ decided: ["some-refused"], work_order: "WO-1" }]);
  expect(world.seats()).toEqual(["fp-a-0001", "fp-b-0001"]);
});

test("a line that is no decision, or one about something else, is answered, never repeated, and the next one counts", async () => {
  const armed = arm(["--decide"]);
  await armed.until({ type: "bench", armed: true });
  const { stick, held } = await plugHeld(armed, "a");
  const { accept = "", stick: id } = held;

  const key = "LS-SECRET-KEY-0001";
  const refusal = { problem: { code: "USAGE" } };
  for (const line of [key, `${accept} ${key}`, `accept 1 conflict ${id}`, "x".repeat(100_000)]) {
    armed.stdin.write(`${line}\n`);
    expect(await armed.until({ type: "decision" })).toMatchObject({ slot: null, reason: null, ...refusal });
  }
  const elsewhere = `accept 2 some-refused ${id}`;
  const another = accept.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  for (const line of [elsewhere, `accept 1 renewal ${id}`, another]) {
    armed.stdin.write(`\n${line}\n`);
    expect(await armed.until({ type: "decision" })).toMatchObject({
      problem: { code: "USAGE", message: "The slot has changed. Look again." },
    });
  }
  expect(JSON.stringify(armed.lines) + armed.said()).not.toContain(key);
  expect([delivered(stick), world.seats()]).toEqual([0, []]);

  // In pieces, and the last one without an end of line.
  armed.stdin.write(accept.slice(0, 9));
  armed.stdin.end(accept.slice(9));
  await armed.until({ type: "slot", state: "remove" });
  expect(delivered(stick)).toBe(1);
  expect(await armed.end()).toBe(0);
});

test("an input that fails ends the decisions and not the work", async () => {
  const armed = arm(["--decide"]);
  await armed.until({ type: "bench", armed: true });
  armed.stdin.destroy(new Error("it was closed"));
  const stick = armed.shelf.add("PLAIN");
  ask(stick, "a");
  armed.shelf.plug(stick, 3);
  await armed.until({ type: "slot", state: "remove" });
  expect(armed.said()).toContain("No more decisions are taken");
  expect(await armed.end()).toBe(0);
});

test("without --decide the input is not opened, and what is held waits", async () => {
  const armed = arm();
  await armed.until({ type: "bench", armed: true });
  const { held } = await plugHeld(armed, "a");
  expect(held.accept).toMatch(/^accept 1 some-refused stick-/);
  expect(armed.said()).not.toContain("type:");
  expect(await armed.end()).toBe(0);
  expect(armed.isStdinOpen()).toBe(false);
  expect(world.seats()).toEqual([]);
});

test("on a station with accounts, the batch is signed for by who is signed in and has decided", async () => {
  const secret = { env: { STATION_PIN: "hopper-7730", STATION_NEW_PIN: "hopper-7730" } };
  const add = ["operator", "add", "--new-badge", "B-ada", "--name", "Ada", "--role", "administrator"];
  expect((await world.station(add, secret)).code).toBe(0);
  Object.assign(world.env, { STATION_PIN: "hopper-7730" });
  const armed = arm(["--decide", "--badge", "B-ada"]);
  await armed.until({ type: "bench", armed: true });
  const { held } = await plugHeld(armed, "a");
  armed.stdin.write(`${held.accept}\n`);
  await armed.until({ type: "slot", state: "remove" });
  expect(await armed.end()).toBe(0);
  const [ada] = world.entries("operator.added");
  expect(world.entries("batch.started")).toMatchObject([{ decided: ["some-refused"], by: ada?.["operator"] }]);
  expect(ada).toMatchObject({ name: "Ada", operator: expect.stringMatching(/^op-/) });
});
