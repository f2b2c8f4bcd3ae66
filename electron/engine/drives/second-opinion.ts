import { z } from "zod";
import type { Clock } from "../platform/clock.ts";
import type { Child } from "./child.ts";
import type { DriveReport } from "./drive-report.ts";
import { type DriveSource, isStickLike } from "./drive-source.ts";
import { timeouts } from "./timeouts.ts";

/**
 * Lets `drivelist` speak against drives, and never for them: what it takes for a disk of the system is refused whatever
 * our own parsers say. Asked when a drive comes that could be a stick; where it is absent, dies or takes too long, the
 * first opinion stands. Not for Linux, where it asks the same lsblk.
 */
export function withSecondOpinion(
  source: DriveSource,
  { spawn, clock }: { readonly spawn: () => Child; readonly clock: Clock },
): DriveSource {
  let known = "";
  let system: ReadonlySet<string> = new Set();
  let isAbsent = false;
  return {
    scan: async () => {
      const scan = await source.scan();
      if (!scan.ok) return scan;
      const seen = scan.drives.filter(isStickLike).map(pluggingOf).sort().join("\n");
      if (seen !== known && !isAbsent) {
        const opinion = seen === "" ? [] : await ask(spawn, clock);
        if (opinion === "absent") isAbsent = true;
        // One that gave no answer is asked again at the next look.
        else if (opinion !== null) [known, system] = [seen, new Set(opinion.map(plain))];
      }
      return {
        ...scan,
        drives: scan.drives.map((drive) => (system.has(plain(drive.device)) ? refused(drive) : drive)),
      };
    },
  };
}

function refused(drive: DriveReport): DriveReport {
  return { ...drive, uses: [...drive.uses, { use: "system", by: "drivelist" }] };
}

function pluggingOf({ device, generation, serial, port }: DriveReport): string {
  return JSON.stringify([device, generation, serial, port]);
}

/** Windows' names come in any case. */
function plain(device: string): string {
  return device.toLowerCase();
}

async function ask(spawn: () => Child, clock: Clock): Promise<"absent" | readonly string[] | null> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const over = new AbortController();
  const child = spawn();
  child.onMessage(resolve);
  child.onExit(() => resolve(null));
  clock.sleep(timeouts.secondOpinionMs, over.signal).then(
    () => resolve(null),
    () => {},
  );
  try {
    const answer = await promise;
    if (answer === "absent") return "absent";
    const parsed = answerShape.safeParse(answer);
    return parsed.success ? parsed.data.devices : null;
  } finally {
    over.abort();
    child.kill();
  }
}

const answerShape = z.strictObject({ devices: z.array(z.string().max(512)).max(4096) });
