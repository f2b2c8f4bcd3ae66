// Runs in the guest: starts programs for the host and tells what they print, over a virtio serial port.
import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import type { FromGuest, ToGuest } from "./agent-protocol.ts";

const port = openSync(`/dev/${serialPort("agent")}`, "r+");
const children = new Map<number, ChildProcess>();
createInterface(createReadStream("", { fd: port, autoClose: false })).on("line", (line) =>
  obey(JSON.parse(line) as ToGuest),
);
say({ ready: true });

function obey(order: ToGuest): void {
  if ("signal" in order) children.get(order.id)?.kill(order.signal);
  else if ("forward" in order) forward(order.id, order.forward);
  else start(order.id, order.start, order.env);
}

function start(id: number, [file = "", ...args]: readonly string[], env: Readonly<Record<string, string>>): void {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  children.set(id, child);
  child.stdout.setEncoding("utf8").on("data", (out: string) => say({ id, out }));
  child.stderr.setEncoding("utf8").on("data", (err: string) => say({ id, err }));
  const end = (exit: number | null): void => {
    if (children.delete(id)) say({ id, exit });
  };
  child.on("error", () => end(null));
  child.on("close", end);
}

function forward(id: number, number: number): void {
  const server = createServer((inside) => {
    const outside = connect(number, "10.0.2.2");
    inside.pipe(outside).pipe(inside);
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      one.on("error", () => other.destroy());
    }
  });
  server.listen(number, "127.0.0.1", () => say({ id, exit: 0 }));
  server.on("error", () => say({ id, exit: 1 }));
}

/** The kernel numbers the ports; their names stand beside them. */
function serialPort(name: string): string {
  const folder = "/sys/class/virtio-ports";
  const found = readdirSync(folder).find((one) => readFileSync(`${folder}/${one}/name`, "utf8").trim() === name);
  if (found === undefined) throw new Error(`no serial port is called ${name}`);
  return found;
}

function say(message: FromGuest): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let done = 0; done < bytes.length; ) done += writeSync(port, bytes, done);
}
