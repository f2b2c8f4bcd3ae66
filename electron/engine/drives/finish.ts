import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { displayText } from "../platform/display-text.ts";
import type { DriveReport } from "./drive-report.ts";
import type { DriveSource } from "./drive-source.ts";
import type { Host } from "./file-system-support.ts";
import { findHolders, type Holder, holderNames } from "./holders.ts";
import type { RunCommand } from "./run-command.ts";
import { timeouts } from "./timeouts.ts";
import { letGo, powerOff } from "./unmount-commands.ts";

/**
 * Which end a stick came to, from best to worst. Only the first three may be shown green.
 * - `powered-off`: unmounted, and the device is switched off.
 * - `unmounted`: nothing of it is mounted any more; it could not be, or must not be, switched off.
 * - `gone`: it was pulled after it had been let go.
 * - `busy`: a process holds it.
 */
export type Finish =
  | { readonly kind: "powered-off" | "unmounted" | "gone" }
  | { readonly kind: "busy"; readonly holders: readonly Holder[]; readonly failure: Failure }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface FinishOptions {
  readonly run: RunCommand;
  readonly host: Host;
  readonly source: DriveSource;
  readonly clock: Clock;
  readonly holders?: (places: readonly string[]) => Promise<readonly Holder[]>;
}

/**
 * Lets go of a stick so that "you may remove it" is true: every mounted volume of it is unmounted, a fresh look at the
 * system confirms that, and then it is switched off where that hurts nothing else. Never rejects.
 */
export async function finishDrive(drive: DriveReport, options: FinishOptions): Promise<Finish> {
  try {
    return await finish(drive, options);
  } catch (error) {
    return { kind: "failed", failure: toFailure(error) };
  }
}

async function finish(drive: DriveReport, options: FinishOptions): Promise<Finish> {
  const { run, host, clock } = options;
  const untilMs = clock.monotonicMs() + timeouts.unmountMs;
  for (;;) {
    const before = await look(drive, options);
    if (before.kind === "gone") return { kind: "gone" };
    if (before.now.mountPoints.length === 0) break;
    const answer = await letGo(run, host, before.now);
    const after = await look(drive, options);
    // Windows lets the whole device go with its volumes.
    if (after.kind === "gone") return { kind: host === "win32" ? "powered-off" : "gone" };
    if (after.now.mountPoints.length === 0) break;
    // What the command says is not asked: the system still has it mounted.
    if (clock.monotonicMs() >= untilMs || answer.isFinal) return await stillMounted(after.now, answer.holders, options);
    await clock.sleep(pauseMs);
  }
  const last = await look(drive, options);
  if (last.kind === "gone") return { kind: "gone" };
  // Switching off a reader would take the cards of the other slots with it.
  if (last.others.some((other) => isSameDevice(other, last.now))) return { kind: "unmounted" };
  return { kind: (await switchOff(drive, last.now, options)) ? "powered-off" : "unmounted" };
}

const pauseMs = 500;
const looksAfterPowerOff = 4;

/** A command that reports success has switched nothing off while the system still sees the device. */
async function switchOff(drive: DriveReport, now: DriveReport, options: FinishOptions): Promise<boolean> {
  if (!(await powerOff(options.run, options.host, now))) return false;
  for (let looks = 1; ; looks++) {
    if ((await look(drive, options)).kind === "gone") return true;
    if (looks === looksAfterPowerOff) return false;
    await options.clock.sleep(pauseMs);
  }
}

type Look =
  | { readonly kind: "gone" }
  | { readonly kind: "there"; readonly now: DriveReport; readonly others: readonly DriveReport[] };

/** A look that fails proves nothing, so nothing is called unmounted after it. */
async function look(drive: DriveReport, { source }: FinishOptions): Promise<Look> {
  const scan = await source.scan();
  if (!scan.ok) throw new StationError("STICK_IO", `${scan.message} Until then do not pull the stick.`);
  const now = scan.drives.find(({ device }) => device === drive.device);
  // Another generation in its place: ours is gone, and the new one is not ours to unmount.
  if (now === undefined || now.generation !== drive.generation || now.sizeBytes === 0) return { kind: "gone" };
  return { kind: "there", now, others: scan.drives.filter((one) => one !== now) };
}

async function stillMounted(
  drive: DriveReport,
  named: readonly Holder[],
  { holders = findHolders, clock, host }: FinishOptions,
): Promise<Finish> {
  const found = named.length > 0 || host !== "linux" ? named : await orNobody(holders(drive.mountPoints), clock);
  const place = displayText(drive.mountPoints[0] ?? drive.device, 120);
  const message =
    found.length > 0
      ? `${holderNames(found)} still uses the stick at ${place}. Close it and try again; do not pull the stick.`
      : `The system does not let go of the stick at ${place}. Close what uses it and try again; do not pull the stick.`;
  return { kind: "busy", holders: found, failure: { code: "STICK_BUSY", message } };
}

async function orNobody(search: Promise<readonly Holder[]>, clock: Clock): Promise<readonly Holder[]> {
  const over = new AbortController();
  const late = clock.sleep(timeouts.holdersMs, over.signal).then(
    () => [],
    () => [],
  );
  try {
    return await Promise.race([search.catch(() => []), late]);
  } finally {
    over.abort();
  }
}

/** Two cards of one reader: the same port but for the place in it. */
function isSameDevice(a: DriveReport, b: DriveReport): boolean {
  const device = ({ port }: DriveReport) => port?.replace(/:[0-9]+$/, "") ?? null;
  return a.sizeBytes !== 0 && device(a) !== null && device(a) === device(b);
}
