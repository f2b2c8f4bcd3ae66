import { type Findings, Refusal } from "./findings.ts";
import type { KeyBook } from "./key-book.ts";
import { readFile } from "./read.ts";
import type { Folder } from "./source.ts";
import { readKeyFile } from "./trusted-keys.ts";

const mostKeyBytes = 4096;

/** Key files that travel with an export are no proof, but one that is not the trusted key was put there to mislead. */
export async function checkKeyFiles(folder: Folder, book: KeyBook, findings: Findings): Promise<void> {
  const isKnown: Readonly<Record<string, (key: Uint8Array) => boolean>> = {
    "ledger.vkey": (key) => book.knowsLedgerKey(key),
    "ledger.pem": (key) => book.knowsLedgerKey(key),
    "manifest.pem": (key) => book.manifestKeys.length === 0 || book.knowsManifestKey(key),
    "minisign.pub": (key) => book.minisignKeys.length === 0 || book.knowsMinisignKey(key),
  };
  for (const name of folder.names()) {
    // Retired keys are numbered: ledger-1.pem is ledger.pem of another time.
    const isTrusted = own(isKnown, name.replace(/^(ledger|manifest|minisign)-[0-9]{1,4}\./, "$1."));
    if (isTrusted === null) continue;
    findings.looked("keys");
    await findings.trying(folder.pathOf(name), async () => {
      const file = readKeyFile(await readFile(folder, name, mostKeyBytes));
      const isRight = file.kind === "ledger" ? file.key.name === book.origin && isTrusted(file.key.publicKey) : null;
      const isKey =
        isRight ??
        isTrusted(file.kind === "minisign" ? file.key.publicKey : file.kind === "pem" ? file.key : new Uint8Array(0));
      if (!isKey) throw new Refusal("key-differs");
    });
  }
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}
