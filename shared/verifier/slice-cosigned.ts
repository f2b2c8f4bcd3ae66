import { type Findings, Refusal } from "./findings.ts";
import type { KeyBook } from "./key-book.ts";
import type { Head } from "./note.ts";
import { checkPrefixProof, mostProofBytes } from "./prefix-proof.ts";
import { readFile } from "./read.ts";
import type { Folder } from "./source.ts";

const mostCosigned = 10;
const noteName = /^cosigned\/(?:0|[1-9][0-9]{0,15})$/;
const mostNoteBytes = 131_072;

/**
 * Names of the notes in `cosigned/` from which the slice's ledger is proved to have grown (SLICE.md).
 * @param checkpoint the slice's own, of `head`
 * @param mayCarry false for a slice of the form that carries none
 */
export async function provedNotes(
  folder: Folder,
  { head, checkpoint }: { readonly head: Head; readonly checkpoint: Uint8Array },
  book: KeyBook,
  findings: Findings,
  mayCarry: boolean,
): Promise<readonly string[]> {
  const all = folder.names().filter((name) => name.startsWith("cosigned/") || name.startsWith("consistency/"));
  const notes = all
    .filter((name) => noteName.test(name))
    .sort((a, b) => sizeIn(b) - sizeIn(a))
    .slice(0, mayCarry ? mostCosigned : 0);
  const known = new Set(notes.flatMap((name) => [name, proofName(name)]));
  for (const name of all) if (!known.has(name)) findings.add("unexpected", folder.pathOf(name));
  const proved: string[] = [];
  for (const name of notes) {
    findings.looked("consistency");
    const old = await findings.trying(folder.pathOf(name), async () => {
      const opened = book.openHead(await readFile(folder, name, mostNoteBytes));
      if (opened.size !== sizeIn(name)) throw new Refusal("consistency-proof", { entries: opened.size });
      return opened;
    });
    if (old === null) continue;
    const path = folder.pathOf(proofName(name));
    const isProved = await findings.trying(path, async () => {
      checkPrefixProof(await readFile(folder, proofName(name), mostProofBytes), old, head, checkpoint);
      return true;
    });
    if (isProved === true) proved.push(name);
  }
  return proved;
}

function sizeIn(name: string): number {
  return Number(name.slice(name.indexOf("/") + 1));
}

/** The proof lies beside, so that `cosigned/` is as it is in a whole export. */
function proofName(note: string): string {
  return `consistency/${note.slice(note.indexOf("/") + 1)}`;
}
