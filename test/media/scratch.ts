import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one guest, named after this process, so that what a killed run left is cleared by the next. */
export function scratchOfOurs(): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^station-usb-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 });
  }
  return mkdtempSync(join(tmpdir(), `station-usb-${process.pid}-`));
}

/** However this process ends, unless it is killed outright. @returns how to call it off */
export function atTheEnd(act: () => void): () => void {
  const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
  const ended = (signal: NodeJS.Signals): void => {
    forget();
    act();
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
