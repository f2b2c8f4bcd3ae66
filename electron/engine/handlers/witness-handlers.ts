import { readFile, stat } from "node:fs/promises";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { cosignerType } from "#shared/formats/cosignature.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { cosignerKey } from "../cosigner.ts";
import type { Handlers } from "../dispatch.ts";
import { addWitness, contradictions, cosignedCheckpoints, setWitnessPolicy, witnessPolicy } from "../witnesses.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import type { Engine } from "./engine-face.ts";
import type { Workspace } from "./workspace.ts";

type WitnessCalls = Extract<keyof Handlers, `witness.${string}`> | "keys.rotate";

export function witnessHandlers(desk: Desk, dialogs: Dialogs): Pick<Handlers, WitnessCalls> {
  return {
    "keys.rotate": async ({ use }) => {
      const { engine, batches } = await begun(desk);
      // A delivery that is being written names the keys that sign it.
      if (batches.open().length > 0 || desk.bench.state.order !== null) {
        throw new StationError(
          "STICK_BUSY",
          "A key is not changed while sticks are worked on. Finish or disarm first.",
        );
      }
      const { index, oldFingerprint, newFingerprint } = engine.rotateKey(use, { operator: operatorOf(desk) });
      desk.changes.raise();
      return { use, entry: index, oldSha256: oldFingerprint, newSha256: newFingerprint };
    },
    "witness.list": async () => viewOf((await begun(desk)).engine),
    "witness.add": async ({ note }) => {
      const { engine } = await begun(desk);
      const bytes = note === null ? await chosen(dialogs) : utf8(note);
      if (bytes === null) return null;
      try {
        const { size, witnesses, needed } = addWitness(engine, bytes);
        return { size, witnesses: [...witnesses], needed, view: viewOf(engine) };
      } finally {
        // A contradiction is refused, and logged all the same.
        desk.changes.raise();
      }
    },
    "witness.policy": async ({ needed, keys }) => {
      const { engine } = await begun(desk);
      setWitnessPolicy(engine.ledger, { needed, vkeys: keys.map((key) => key.trim()), operator: operatorOf(desk) });
      desk.changes.raise();
      return viewOf(engine);
    },
  };
}

const mostListed = 100;
const mostBytes = 131_072;

function viewOf(engine: Engine): CallOutput<"witness.list"> {
  const { ledger } = engine;
  const { needed, keys } = witnessPolicy(ledger);
  return {
    size: ledger.size,
    policy: { needed, keys: keys.map((key) => formatVkey(key, cosignerType)) },
    ownKey: formatVkey(cosignerKey(engine), cosignerType),
    seen: newest(ledger.entriesOfType("witness.seen")).map(({ index, entry }) => ({
      entry: index,
      at: entry.at,
      size: entry.tree_size,
      stick: stickName(entry.stick),
    })),
    cosigned: newest(cosignedCheckpoints(ledger)).map(({ size, witnesses }) => ({ size, witnesses: [...witnesses] })),
    contradictions: newest(contradictions(ledger)).map(({ index, entry }) => ({
      entry: index,
      at: entry.at,
      size: entry.tree_size,
      reason: entry.reason === "ahead" || entry.reason === "fork" ? entry.reason : "unknown",
      stick: stickName(entry.stick),
      checkpoint: entry.checkpoint,
      ownCheckpoint: entry.own_checkpoint ?? null,
    })),
  };
}

function newest<T>(oldestFirst: readonly T[]): readonly T[] {
  return oldestFirst.slice(-mostListed).reverse();
}

function stickName(stick: BodyOf<"witness.seen">["stick"]): string | null {
  if (stick === null) return null;
  return stick.usb_serial ?? stick.volume_uuid ?? stick.folder ?? "";
}

function operatorOf(desk: Desk): string | null {
  return desk.operatorName().trim() || null;
}

/** @throws StationError USAGE */
async function chosen(dialogs: Dialogs): Promise<Uint8Array | null> {
  const file = await dialogs.chooseCheckpointFile();
  if (file === null) return null;
  try {
    if ((await stat(file)).size <= mostBytes) return await readFile(file);
  } catch {
    // Said below: the system's own sentence would name no next step.
  }
  throw new StationError("USAGE", "That file cannot be read as a checkpoint. Choose one of at most 128 KiB.");
}

/** @throws StationError USAGE as long as nothing was ever recorded */
async function begun(desk: Desk): Promise<Workspace> {
  const workspace = await desk.existing();
  if (workspace !== null) return workspace;
  throw new StationError("USAGE", "There is no ledger yet. It begins with the first thing the station records.");
}
