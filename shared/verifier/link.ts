import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, toUtf8 } from "./bytes.ts";
import { countMember, type JsonObject, objectMember, own, textMember } from "./canonical.ts";
import { mostEntryBytes, readEntry } from "./entry-form.ts";
import { Refusal } from "./findings.ts";
import { hasSigned, type Head, type NoteKey, readHead, readNote, readVkey } from "./note.ts";
import { linesOf, piecesOf } from "./read.ts";
import type { Folder } from "./source.ts";

/** What a ledger's first entry says of a lost one that it goes on from. */
export interface Link {
  readonly key: NoteKey;
  readonly head: Head;
}

/** Null when the ledger goes on from none. @throws Refusal link-broken when the link contradicts itself */
export function readLink(entry: JsonObject): Link | null {
  if (own(entry, "type") !== "ledger.created" || own(entry, "predecessor") === undefined) return null;
  try {
    const link = objectMember(entry, "predecessor", code);
    const key = readVkey(textMember(link, "ledger_vkey", code));
    const text = textMember(link, "checkpoint", code);
    const note = readNote(toUtf8(text));
    const head = readHead(note);
    const isWhole =
      toHex(sha256(toUtf8(text))) === textMember(link, "checkpoint_sha256", code) &&
      textMember(link, "origin", code) === head.origin &&
      head.origin === key.name &&
      countMember(link, "tree_size", code) === head.size &&
      hasSigned(note, key);
    if (isWhole) return { key, head };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw new Refusal(code, { entry: 0 });
}

/** The link of an export that nobody has judged yet; null for none, and for one that will be found to be broken. */
export async function claimedLink(folder: Folder, entriesName: string): Promise<Link | null> {
  try {
    for await (const lines of linesOf(piecesOf(folder, entriesName, Number.MAX_SAFE_INTEGER), mostEntryBytes)) {
      for (const line of lines) return readLink(readEntry(line, 0).entry);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return null;
}

const code = "link-broken";
