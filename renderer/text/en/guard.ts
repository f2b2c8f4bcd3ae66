import type { DriveRefusal } from "#shared/domain/drive.ts";
import type { GuardValues } from "../../model/guard-values.ts";

type Words = Readonly<Record<DriveRefusal, (values: GuardValues) => string>>;

/** Why nothing is done on a drive: short enough for a tile. */
const what = {
  "no-medium": () => "No card in the reader",
  "holds-system": () => "This computer runs from it",
  "holds-swap": () => "This computer swaps to it",
  "holds-app": () => "The station runs from it",
  "holds-data": () => "The station's data is on it",
  "part-of-pool": () => "Part of a larger store",
  "mounted-elsewhere": () => "In use for something else",
  "wrong-bus": () => "Neither USB stick nor card",
  "not-removable": () => "A fixed disk",
  "size-unknown": () => "Its size is not known",
  "too-large": ({ size }) => `Too large: ${size}`,
  "read-only": () => "Write-protected",
  "nothing-readable": () => "No file system found",
  locked: () => "Encrypted",
  "file-system": ({ fileSystem }) => `${fileSystem} can't be used here`,
  "several-volumes": () => "More than one volume",
  "not-mounted": () => "Not mounted",
} as const satisfies Words;

/** What follows from it and what to do. */
const next = {
  "no-medium": () => "Insert a card.",
  "holds-system": ({ by }) => `It is never written to (${by}). Use another stick.`,
  "holds-swap": ({ by }) => `It is never written to (${by}). Use another stick.`,
  "holds-app": ({ by }) => `It is never written to (${by}). Use another stick.`,
  "holds-data": ({ by }) => `It is never written to (${by}). Use another stick.`,
  "part-of-pool": ({ by }) => `It belongs to ${by}. Use a plain stick.`,
  "mounted-elsewhere": ({ place }) =>
    `It is mounted at ${place}, where no sticks are. Leave it alone, or unmount it first.`,
  "wrong-bus": () => "Use a USB stick or an SD card.",
  "not-removable": () => "Use a stick that counts as removable; external hard disks and some fast sticks do not.",
  "size-unknown": () => "Plug it in again.",
  "too-large": ({ limit }) => `Up to ${limit} is allowed. Use a smaller stick, or let a supervisor allow it.`,
  "read-only": () => "Release its lock, or use another stick.",
  "nothing-readable": () => "Format it elsewhere as exFAT or FAT32; the station never formats.",
  locked: () => "Unlock it first, then plug it in again.",
  "file-system": () => "Use a stick with exFAT or FAT32.",
  "several-volumes": () => "Use a stick with a single volume, or unmount the others.",
  "not-mounted": () => "Mount it, or plug it in again.",
} as const satisfies Words;

export const guard = { what, next };
