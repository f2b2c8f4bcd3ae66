import { toHex, toUtf8 } from "#shared/verifier/bytes.ts";
import { Refusal } from "#shared/verifier/findings.ts";
import { readKeyHistory } from "#shared/verifier/key-history.ts";
import { type NoteKey, readVkey } from "#shared/verifier/note.ts";
import { keyFingerprint, type KeyFile, readKeyFile, type TrustedKeys } from "#shared/verifier/trusted-keys.ts";
import type { HandedFiles } from "./dropped-files.ts";

export type KeyUse = "ledger" | "manifest" | "minisign";

/** Vkeys of those who vouch for checkpoints, each on a line of its own. */
export function witnessesIn(text: string): readonly NoteKey[] {
  const found = new Map<string, NoteKey>();
  for (const line of text.split(/\r?\n/)) {
    try {
      const key = readVkey(line.trim(), "cosignature");
      found.set(`${key.name}+${key.id}`, key);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return [...found.values()];
}

export const keyUses: readonly KeyUse[] = ["ledger", "manifest", "minisign"];

/** A key somebody handed over, and how it is told from others. */
export interface HeldKey {
  readonly use: KeyUse;
  readonly file: KeyFile;
  /** SHA-256 of the key as SubjectPublicKeyInfo, in lower-case hex. */
  readonly fingerprint: string;
  /** The ledger's name, or the minisign key's id. */
  readonly label: string;
}

/** A key out of text that was pasted or a file that was dropped; null when it is none. @param name of the file, if any */
export function keyFrom(bytes: Uint8Array, name: string): HeldKey | null {
  try {
    const file = readKeyFile(bytes);
    // The same key again, as OpenSSL wants it.
    if (file.kind === "pem" && name.startsWith("ledger")) return null;
    const use = file.kind === "pem" ? "manifest" : file.kind;
    const publicKey = file.kind === "pem" ? file.key : file.key.publicKey;
    const label = file.kind === "ledger" ? file.key.name : file.kind === "minisign" ? minisignId(file.key.id) : "";
    return { use, file, fingerprint: keyFingerprint(publicKey), label };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Keys in pasted text: a vkey, a PEM block, a minisign key, each with or without its last newline. */
export function keysInText(text: string): readonly HeldKey[] {
  const lines = text
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const keys: HeldKey[] = [];
  for (let at = 0; at < lines.length; at++) {
    const taken = [3, 2, 1].find((count) => {
      const key = keyFrom(toUtf8(`${lines.slice(at, at + count).join("\n")}\n`), "");
      if (key !== null) keys.push(key);
      return key !== null;
    });
    at += (taken ?? 1) - 1;
  }
  return keys;
}

/** Keys that lie about in the evidence: to be compared with paper, never to be trusted for being there. */
export async function keysInEvidence(files: HandedFiles): Promise<readonly HeldKey[]> {
  const found = new Map<string, HeldKey>();
  for (const [path, file] of files) {
    const name = path.split("/").at(-1) ?? "";
    if (!["ledger.vkey", "manifest.pem", "minisign.pub"].includes(name) || file.size > 4096) continue;
    const key = keyFrom(new Uint8Array(await file.arrayBuffer()), name);
    if (key !== null) found.set(`${key.use} ${key.label} ${key.fingerprint}`, key);
  }
  return [...found.values()].sort((a, b) => keyUses.indexOf(a.use) - keyUses.indexOf(b.use));
}

/** True when what was typed is the key's whole fingerprint, in any grouping. */
export function isFingerprintOf(typed: string, key: HeldKey): boolean {
  return typed.replace(/[\s:.-]/g, "").toLowerCase() === key.fingerprint;
}

/** Null without a ledger key: nothing can be said without one. @throws Refusal for a history that is not of that ledger */
export function trustedFrom(
  keys: ReadonlyMap<KeyUse, HeldKey>,
  beside: { readonly history: Uint8Array | null; readonly witnesses: readonly NoteKey[]; readonly needed: number },
): TrustedKeys | null {
  const [ledger, manifest, minisign] = keyUses.map((use) => keys.get(use)?.file);
  if (ledger?.kind !== "ledger") return null;
  return {
    ledger: ledger.key,
    manifest: manifest?.kind === "pem" ? manifest.key : null,
    minisign: minisign?.kind === "minisign" ? minisign.key : null,
    ...(beside.history === null ? {} : { rotations: readKeyHistory(beside.history, ledger.key.name) }),
    ...(beside.witnesses.length === 0 ? {} : { witnesses: { keys: beside.witnesses, needed: beside.needed } }),
  };
}

/** As `minisign` prints it: the 8 bytes as a little-endian number. */
function minisignId(id: Uint8Array): string {
  return toHex(id.toReversed()).toUpperCase();
}
