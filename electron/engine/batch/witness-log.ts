import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** The stick that a checkpoint came back on; null: it came another way. */
export type WitnessPlace = BodyOf<"witness.seen">["stick"];

/** What comes back from outside is held against today's ledger and remembered there. */
export interface WitnessLog {
  /**
   * How many entries the checkpoint proves this ledger to have grown from; null when it says nothing about this ledger.
   * A contradiction is logged, once, with both signed notes.
   * @throws StationError LEDGER_REWOUND
   */
  judge(note: string, place: WitnessPlace, about: string): number | null;
  /** Logs a checkpoint that was found to be a prefix, unless one as new came from the same place before. */
  remember(note: string, size: number, place: WitnessPlace): void;
}

/** @param heard what was answered before, by SHA-256 of the note, and who is told of what is new */
export function createWitnessLog(
  ledger: Ledger,
  heard: {
    readonly forgiven: () => ReadonlySet<string>;
    readonly contradicted: (note: string, detail: string) => void;
  } = { forgiven: () => new Set(), contradicted: () => {} },
): WitnessLog {
  // The newest size by place; read from the ledger once, since a factory's sticks come back a thousand times a day.
  let seen: Map<string, number> | null = null;
  const lastSeen = (): Map<string, number> =>
    (seen ??= new Map(
      ledger.entriesOfType("witness.seen").map(({ entry }) => [placeName(entry.stick), entry.tree_size] as const),
    ));
  return {
    judge: (note, place, about) => {
      const verdict = ledger.provePrefix(note);
      if (verdict === "foreign" || verdict === "bad-signature") return null;
      const { size } = parseCheckpoint(parseNote(note).text);
      if (verdict === "prefix") return size;
      if (heard.forgiven().has(sha256Hex(utf8(note)))) return null;
      keepEvidence(ledger, note, { verdict, size, place });
      heard.contradicted(note, `${about} a checkpoint of ${size} entries that today's ledger contradicts: ${verdict}.`);
      throw new StationError(
        "LEDGER_REWOUND",
        `${about} a checkpoint that this station signed and that is not part of today's ledger: the ledger was replaced by an older or another copy. Both are kept in the ledger as evidence, and nothing else is done. Put the newest copy back, or have an auditor compare both.`,
        { details: { verdict, size } },
      );
    },
    remember: (note, size, place) => {
      const name = placeName(place);
      if (size <= (lastSeen().get(name) ?? 0)) return;
      ledger.append([
        { type: "witness.seen", stick: place, tree_size: size, checkpoint_sha256: sha256Hex(utf8(note)) },
      ]);
      lastSeen().set(name, size);
    },
  };
}

function keepEvidence(
  ledger: Ledger,
  note: string,
  { verdict, size, place }: { readonly verdict: "ahead" | "fork"; readonly size: number; readonly place: WitnessPlace },
): void {
  if (ledger.entriesOfType("stick.contradicted").some(({ entry }) => entry.checkpoint === note)) return;
  ledger.append([
    {
      type: "stick.contradicted",
      stick: place,
      checkpoint: note,
      own_checkpoint: ledger.checkpoint(),
      code: "LEDGER_REWOUND",
      tree_size: size,
      reason: verdict,
    },
  ]);
}

function placeName(place: WitnessPlace): string {
  if (place === null) return "";
  return `stick ${place.volume_uuid ?? place.usb_serial ?? place.folder ?? ""}`;
}
