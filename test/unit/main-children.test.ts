import { EventEmitter } from "node:events";
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { utilityChildren } from "../../electron/main/utility-child.ts";

/** A utility process as Electron gives it: its pid is known from `spawn` on, and `kill` only asks. */
function utility() {
  const forked: unknown[][] = [];
  const sent: unknown[] = [];
  const child = Object.assign(new EventEmitter(), {
    pid: undefined as number | undefined,
    postMessage: (message: unknown) => void sent.push(message),
    kill: () => true,
  });
  const fork = (...args: unknown[]) => {
    forked.push(args);
    return child;
  };
  return { child, forked, sent, start: utilityChildren({ fork } as never, "/app/dist/main") };
}

test("a child is the built program beside the shell, without arguments and without our environment", () => {
  process.env["LICENSESEAT_API_KEY"] = "a secret";
  const { start, forked } = utility();
  start("worker-child");
  delete process.env["LICENSESEAT_API_KEY"];
  expect(forked).toMatchObject([["/app/dist/main/worker-child.js", [], { stdio: "ignore" }]]);
  expect(JSON.stringify(forked)).not.toContain("a secret");
});

test("messages and the end are told both ways", () => {
  const { start, child, sent } = utility();
  const heard: unknown[] = [];
  const one = start("hotplug-child");
  one.onMessage((message) => heard.push(message));
  one.onExit(() => heard.push("exit"));
  one.send({ kind: "call" });
  child.emit("message", "alive");
  child.emit("exit", 0);
  expect([sent, heard]).toEqual([[{ kind: "call" }], ["alive", "exit"]]);
});

test("a child that does not listen is killed all the same, also one that was given up before it had begun", async () => {
  const { start, child } = utility();
  const one = start("worker-child");
  one.kill();
  const stuck = spawn("sleep", ["60"]);
  const ended = new Promise((resolve) => stuck.on("exit", (_, signal) => resolve(signal)));
  child.pid = stuck.pid;
  child.emit("spawn");
  expect(await ended).toBe("SIGKILL");
  expect(() => one.kill()).not.toThrow();
});
