import { StationError } from "#shared/domain/errors.ts";
import type { Files } from "../platform/files.ts";
import type { StickMark } from "../platform/os-errors.ts";
import { deliveryPaths } from "./layout.ts";
import { openProvisioning, orGone } from "./provisioning-folder.ts";
import { removeForced, syncClusters } from "./pull-order.ts";
import { roomFor, type SpaceNeed } from "./space.ts";

export interface StickRoom {
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly fits: boolean;
}

/** What a delivery would take and what is there; writes nothing. What an earlier try left behind counts as taken. */
export async function stickRoom(files: Files, root: string, need: SpaceNeed): Promise<StickRoom> {
  const { freeBytes, fileSystem } = await files.space(root);
  const neededBytes = roomFor(need, fileSystem);
  return { neededBytes, freeBytes, fits: neededBytes <= freeBytes };
}

/**
 * Proves, before any seat is spent, that the stick takes a delivery: makes PROVISIONING and an empty partial folder,
 * writes, syncs and reads back a probe, and compares the room.
 * @throws StationError STICK_FULL, STICK_READ_ONLY, STICK_IO, STICK_READ_BACK, STICK_GONE, STICK_UNSAFE
 */
export async function prepareStick(
  files: Files,
  root: string,
  batch: string,
  need: SpaceNeed,
  mark?: StickMark,
): Promise<void> {
  const { provisioning, partial } = deliveryPaths(root, batch);
  await orGone(files, root, mark, async () => {
    await openProvisioning(files, root);
    await removeForced(files, partial);
    const room = await stickRoom(files, root, need);
    if (!room.fits) throw full(room);
    await files.makeDirectory(partial);
    await syncClusters(files, root);
    await probe(files, root, partial);
    await files.syncDirectory(provisioning);
  });
}

/** Takes back what {@link prepareStick} or an interrupted delivery left; nothing there is not an error. */
export async function discardPartial(files: Files, root: string, batch: string): Promise<void> {
  const { provisioning, partial } = deliveryPaths(root, batch);
  if ((await files.stat(provisioning))?.kind !== "directory") return;
  await removeForced(files, partial);
}

const probeBytes = new Uint8Array(4096).fill(0x5a);

async function probe(files: Files, root: string, partial: string): Promise<void> {
  const path = `${partial}/probe`;
  await files.writeNew(path, probeBytes);
  await syncClusters(files, root);
  await files.sync(path);
  await files.syncDirectory(partial);
  const { bytes } = await files.readBack(path, probeBytes.length);
  const isSame = bytes.length === probeBytes.length && bytes.every((byte) => byte === 0x5a);
  if (!isSame) {
    throw new StationError("STICK_READ_BACK", "The stick gave back other bytes than were written. Use another stick.");
  }
  await files.remove(path);
  await files.syncDirectory(partial);
}

function full({ neededBytes, freeBytes }: StickRoom): StationError {
  return new StationError(
    "STICK_FULL",
    `The delivery needs ${neededBytes} bytes and the stick has ${freeBytes} free. Free some space or use a larger stick.`,
    { details: { needed_bytes: neededBytes, free_bytes: freeBytes } },
  );
}
