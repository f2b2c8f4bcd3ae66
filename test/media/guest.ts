import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentChannel, agentChannel, type GuestRun } from "./agent-channel.ts";
import { buildInitrd } from "./initrd.ts";
import { obtainKernel } from "./kernel.ts";
import { writeBundle } from "./bundle.ts";
import { connected, openQmp, type Qmp } from "./qmp.ts";

/** A running machine: its monitor, its agent, and a folder that both sides see. */
export interface Guest extends Pick<AgentChannel, "start" | "forward"> {
  readonly qmp: Qmp;
  /** On the host; the guest has it at `/exchange`. */
  readonly exchange: string;
  /** Scratch on the host for images; gone with the guest. */
  readonly scratch: string;
  /** Runs to the end. @throws Error when time is up; the program is killed then */
  run(argv: readonly string[], options?: RunOptions): Promise<GuestRun>;
  /** Everything the kernel and the first process have said. */
  console(): string;
  stop(): Promise<void>;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const checkout = join(import.meta.dirname, "..", "..");

/** Boots under software emulation. @throws Error with the console's end when it does not come up */
export async function bootGuest(): Promise<Guest> {
  const kernel = obtainKernel();
  const initrd = buildInitrd(kernel);
  const scratch = mkdtempSync(join(tmpdir(), "station-usb-"));
  const exchange = join(scratch, "exchange");
  mkdirSync(exchange);
  const app = join(scratch, "app");
  mkdirSync(join(app, "node_modules"), { recursive: true });
  // While the guest boots, which waits for this file.
  const bundled = writeBundle(checkout, app).then(() => writeFileSync(join(exchange, "bundled"), ""));
  bundled.catch(() => {});
  const consoleFile = join(scratch, "console.log");
  const errors = openSync(join(scratch, "emulator.log"), "w");
  const child = spawn("qemu-system-x86_64", emulatorArgs(kernel.image, initrd, scratch), {
    stdio: ["ignore", errors, errors],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const told = (name: string): string => readFileSync(join(scratch, name), { encoding: "utf8", flag: "a+" });
  const kill = (): void => void child.kill("SIGKILL");
  const tidy = (): void => rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  // A test run that is cut off leaves no machine and no images behind.
  const leave = (): void => {
    kill();
    tidy();
  };
  const forget = atTheEnd(leave);
  const stop = async (): Promise<void> => {
    forget();
    kill();
    await ended;
    tidy();
  };
  try {
    const [{ qmp, agent }] = await Promise.all([connectBoth(scratch, child, ended), bundled]);
    return {
      ...agent,
      qmp,
      exchange,
      scratch,
      run: (argv, options) => runToEnd(agent, argv, options),
      console: () => told("console.log"),
      stop,
    };
  } catch (error) {
    const last = `${told("emulator.log")}${readFileSync(consoleFile, { encoding: "utf8", flag: "a+" }).slice(-3000)}`;
    await stop();
    throw new Error(`The guest did not come up: ${last}`, { cause: error });
  }
}

async function connectBoth(scratch: string, child: ChildProcess, ended: Promise<void>) {
  const died = ended.then(() => Promise.reject(new Error(`The emulator ended with ${child.exitCode}.`)));
  // Whoever loses the race below is heard by nobody.
  died.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("It took longer than five minutes.")), 300_000);
  });
  const up = (async () => {
    const qmp = await openQmp(join(scratch, "qmp"));
    const agent = agentChannel(await connected(join(scratch, "agent")), talkOf(scratch));
    await agent.ready;
    return { qmp, agent };
  })();
  up.catch(() => {});
  try {
    return await Promise.race([up, died, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** However this process ends, unless it is killed outright. @returns how to call it off */
function atTheEnd(act: () => void): () => void {
  const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
  const ended = (signal: NodeJS.Signals): void => {
    act();
    forget();
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    process.off("exit", act);
    for (const signal of signals) process.off(signal, ended);
  };
  process.once("exit", act);
  for (const signal of signals) process.once(signal, ended);
  return forget;
}

/** What was said on the channel, with the time: `talk.log`. */
function talkOf(scratch: string): (message: string) => void {
  const file = openSync(join(scratch, "talk.log"), "a");
  const began = performance.now();
  return (message) => void writeSync(file, `${((performance.now() - began) / 1000).toFixed(1)} ${message}\n`);
}

async function runToEnd(agent: AgentChannel, argv: readonly string[], { env, timeoutMs = 60_000 }: RunOptions = {}) {
  const process = agent.start(argv, env);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    process.signal("SIGKILL");
  }, timeoutMs);
  const run = await process.done;
  clearTimeout(timer);
  if (isLate) throw new Error(`${argv.join(" ")} took longer than ${timeoutMs} ms:\n${run.stderr.slice(-1000)}`);
  return run;
}

function emulatorArgs(image: string, initrd: string, scratch: string): readonly string[] {
  const share = (tag: string, path: string, more: string) => [
    "-virtfs",
    `local,path=${path},mount_tag=${tag},security_model=none,multidevs=remap${more}`,
  ];
  return [
    ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "Nehalem", "-smp", "2", "-m", "3072"],
    ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ["-kernel", image, "-initrd", initrd],
    ["-append", "console=ttyS0 quiet net.ifnames=0 panic=-1 mitigations=off"],
    ["-serial", `file:${join(scratch, "console.log")}`],
    ["-qmp", `unix:${join(scratch, "qmp")},server=on,wait=off`],
    ["-chardev", `socket,id=agent,path=${join(scratch, "agent")},server=on,wait=off`],
    ["-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=agent"],
    ["-nic", "user,model=virtio-net-pci,restrict=off"],
    share("usr", "/usr", ",readonly=on"),
    share("app", join(scratch, "app"), ",readonly=on"),
    share("packages", realpathSync(join(checkout, "node_modules")), ",readonly=on"),
    share("exchange", join(scratch, "exchange"), ""),
    ["-device", "qemu-xhci,id=xhci,p2=15,p3=15"],
    ["-device", "usb-hub,bus=xhci.0,port=15,id=hub"],
    ["-device", "usb-hub,bus=xhci.0,port=15.8,id=hub-behind-hub"],
  ].flat();
}
