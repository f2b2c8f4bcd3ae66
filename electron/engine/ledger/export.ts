import { StationError } from "#shared/domain/errors.ts";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import { exportEntries } from "./export-entries.ts";
import type { ExportFiles } from "./export-files.ts";
import { ExportFolder } from "./export-folder.ts";
import type { Ledger } from "./ledger.ts";
import { verifyText } from "./verify-text.ts";

export interface ExportOptions {
  /** File name -> bytes. */
  readonly publicKeys: Readonly<Record<string, Uint8Array>>;
  /** The verifier for a stock Python 3 that goes with every export. */
  readonly verifierPy: Uint8Array;
  /** The verifier that is one page for any browser; null where it was not built. */
  readonly verifierHtml: Uint8Array | null;
  /** Checkpoints of this ledger that others vouch for. */
  readonly cosigned?: readonly { readonly size: number; readonly note: string }[];
  /** Writes what people read of it; `entriesSha256` is of entries.jsonl, in lower-case hex. */
  readonly reports?: (
    bundle: { readonly checkpoint: string; readonly entriesSha256: string },
    folder: Pick<ExportFolder, "open" | "pathOf">,
  ) => Promise<void>;
  /** The real file system unless told. */
  readonly files?: ExportFiles;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes the ledger for auditors: EXPORT in LEDGER.md. The folder appears whole or not at all, and every tile in it was
 * computed from the entries in it. @param outDir must not exist, or be empty
 * @throws StationError USAGE, LEDGER_BROKEN, or as the file system failed
 */
export async function exportLedger(ledger: Ledger, outDir: string, options: ExportOptions): Promise<void> {
  const note = ledger.checkpoint();
  const { size, rootHash, origin } = parseCheckpoint(parseNote(note).text);
  const folder = ExportFolder.begin(outDir, options.files);
  try {
    const { root, entriesSha256 } = await exportEntries(ledger, size, folder, options.onProgress ?? (() => {}));
    if (!Buffer.from(rootHash).equals(root)) {
      throw new StationError("LEDGER_BROKEN", "The entries do not add up to the signed head. Verify the ledger.", {
        details: { index: null, what: "head" },
      });
    }
    await folder.write("checkpoint", utf8(note));
    for (const { size, note } of (options.cosigned ?? []).slice(-mostCosigned)) {
      await folder.write(`cosigned/${size}`, utf8(note));
    }
    for (const [name, bytes] of Object.entries(options.publicKeys)) await folder.write(plainName(name), bytes);
    await folder.write("verify.py", options.verifierPy);
    if (options.verifierHtml !== null) await folder.write("verify.html", options.verifierHtml);
    await options.reports?.({ checkpoint: note, entriesSha256 }, folder);
    await folder.write("VERIFY.txt", utf8(verifyText(origin, size, options.verifierHtml !== null)));
    await folder.commit();
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

// The newest tell the most; each covers all before it.
const mostCosigned = 100;

function plainName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name)) return name;
  throw new StationError("INTERNAL", "A public key was to be exported under a name that is not plain.");
}
