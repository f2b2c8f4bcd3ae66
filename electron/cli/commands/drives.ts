import { StationError } from "#shared/domain/errors.ts";
import type { DriveReport } from "../../engine/drives/drive-report.ts";
import { guardPolicyFor, hostOf, isStickLike, systemDriveSource } from "../../engine/drives/drive-source.ts";
import { slotAt, type SlotMap } from "../../engine/drives/slots.ts";
import { chooseVolume, type GuardPolicy } from "../../engine/drives/suitability.ts";
import { openSlotFile } from "../../engine/handlers/bench/slot-file.ts";
import { readArgs } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOf } from "../open-station.ts";
import { maxSizeOption, maxSizeOf } from "../max-size.ts";

const options = { ...maxSizeOption, all: { type: "boolean" } } as const;

/** `station drives`: what is plugged in, and what the guard says to it. Reads alone. */
export async function drivesCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const home = homeOf(args, io);
  const host = hostOf();
  if (host === null) throw new StationError("USAGE", "Drives cannot be listed on this system. Use folders as sticks.");
  const scan = await systemDriveSource({ home, host }).scan();
  if (!scan.ok) throw new StationError("STICK_IO", scan.message);
  const maxSizeBytes = maxSizeOf(args);
  const policy: GuardPolicy = { ...guardPolicyFor(host), ...(maxSizeBytes === null ? {} : { maxSizeBytes }) };
  const slots = openSlotFile(home).get();
  const shown = scan.drives.filter((drive) => args.flag("all") || isStickLike(drive));
  const verdicts = shown.map((drive) => verdictOf(drive, policy, slots));
  if (args.flag("json")) io.stdout(JSON.stringify({ drives: verdicts }));
  io.stderr(verdicts.length === 0 ? "No stick or card is plugged in." : verdicts.map(verdictText).join("\n"));
  return 0;
}

type Verdict = ReturnType<typeof verdictOf>;

function verdictOf(drive: DriveReport, policy: GuardPolicy, slots: SlotMap) {
  const choice = chooseVolume(drive, policy);
  return {
    device: drive.device,
    model: drive.model,
    serial: drive.serial,
    size_bytes: drive.sizeBytes,
    bus: drive.bus,
    port: drive.port,
    slot: slotAt(slots, drive.port),
    verdict: choice.kind,
    mount_point: choice.kind === "ready" ? choice.root : null,
    volumes: drive.volumes.map(({ device, label, fileSystem, uuid, mountPoints }) => ({
      device,
      label,
      file_system: fileSystem,
      uuid,
      mount_points: mountPoints,
    })),
    reasons: choice.kind === "refused" ? choice.refusals.map(({ code, message }) => ({ code, message })) : [],
  };
}

function verdictText({ device, model, size_bytes, slot, port, verdict, mount_point, reasons }: Verdict): string {
  const size = size_bytes === null ? "size unknown" : `${(size_bytes / 1_000_000_000).toFixed(1)} GB`;
  const place = slot === null ? `port ${port ?? "unknown"}, no slot` : `slot ${slot}`;
  const words = {
    ready: `may be worked on at ${mount_point}`,
    mountable: "may be worked on once mounted",
    refused: "refused",
  };
  return [
    `${device}  ${model}  ${size}  ${place}: ${words[verdict]}`,
    ...reasons.map(({ code, message }) => `  ${message} [${code}]`),
  ].join("\n");
}
