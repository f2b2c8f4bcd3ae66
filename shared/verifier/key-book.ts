import { asText, base64Bytes, isEqual, toUtf8 } from "./bytes.ts";
import { canonicalText, type JsonObject, own } from "./canonical.ts";
import { isSigned } from "./ed25519.ts";
import { Refusal } from "./findings.ts";
import { cosignedAt, type Head, hasSigned, type NoteKey, noteKey, readHead, readNote } from "./note.ts";
import type { MinisignKey, TrustedKeys } from "./trusted-keys.ts";

/** An entry `key.rotated`, both of whose signatures verify. */
export interface Rotation {
  /** Of the entry in the ledger. The old key may speak for ledgers that end in this entry, not for larger ones. */
  readonly index: number;
  readonly use: string;
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
}

/** @throws Refusal rotation-broken unless the old key names the new one and the new one agrees */
export function readRotation(entry: JsonObject, index: number): Rotation {
  const text = (name: string): string => {
    const value = own(entry, name);
    if (typeof value !== "string") throw new Refusal("rotation-broken", { entry: index });
    return value;
  };
  const use = text("use");
  const [oldText, newText] = [text("old_public_key"), text("new_public_key")];
  const said = { type: "key.rotated", use, old_public_key: oldText, new_public_key: newText };
  const message = toUtf8(canonicalText(said));
  const [oldKey, newKey] = [base64Bytes(oldText), base64Bytes(newText)];
  const [oldSignature, newSignature] = [base64Bytes(text("old_signature")), base64Bytes(text("new_signature"))];
  if (oldKey === null || newKey === null || oldSignature === null || newSignature === null) {
    throw new Refusal("rotation-broken", { entry: index });
  }
  if (!isSigned(oldKey, message, oldSignature) || !isSigned(newKey, message, newSignature)) {
    throw new Refusal("rotation-broken", { entry: index });
  }
  return { index, use, oldKey, newKey };
}

/** A key, and the largest ledger that it may still speak for; null: any. */
interface Dated {
  readonly publicKey: Uint8Array;
  readonly until: number | null;
}

/**
 * The trusted keys, and those that rotations lead to from them: forwards, because a trusted key names its successor,
 * and backwards, because the successor signed for it too.
 */
export class KeyBook {
  readonly #trusted: TrustedKeys;
  readonly #ledger: readonly (Dated & { readonly key: NoteKey })[];
  readonly #manifest: readonly Dated[];
  readonly #minisign: readonly (Dated & { readonly id: Uint8Array | null })[];
  readonly #opened = new Map<string, Head>();

  constructor(trusted: TrustedKeys, rotations: readonly Rotation[] = []) {
    const { ledger, manifest, minisign } = trusted;
    const chain = (use: string, key: Uint8Array | undefined): readonly Dated[] =>
      key === undefined
        ? []
        : chainOf(
            key,
            rotations.filter((rotation) => rotation.use === use),
          );
    this.#trusted = trusted;
    this.#ledger = chain("ledger", ledger.publicKey).map((dated) => ({
      ...dated,
      key: noteKey(ledger.name, dated.publicKey),
    }));
    this.#manifest = chain("manifest", manifest ?? undefined);
    this.#minisign = chain("minisign", minisign?.publicKey).map((dated) => ({
      ...dated,
      id: minisign !== null && isEqual(dated.publicKey, minisign.publicKey) ? minisign.id : null,
    }));
  }

  get origin(): string {
    return this.#trusted.ledger.name;
  }

  /** What a checkpoint says, once its signature is right. @throws Refusal encoding, other-origin, note-signature, retired-key */
  openHead(bytes: Uint8Array): Head {
    const text = asText(bytes);
    const known = this.#opened.get(text);
    if (known !== undefined) return known;
    const note = readNote(bytes);
    const signers = this.#ledger.filter(({ key }) => hasSigned(note, key));
    if (signers.length === 0) {
      throw note.text.startsWith(`${this.origin}\n`)
        ? new Refusal("note-signature")
        : new Refusal("other-origin", { expected: this.origin, found: note.text.split("\n", 1)[0] ?? "" });
    }
    const head = readHead(note);
    if (head.origin !== this.origin) throw new Refusal("other-origin", { expected: this.origin, found: head.origin });
    if (!signers.some((signer) => speaksFor(signer, head.size)))
      throw new Refusal("retired-key", { entries: head.size });
    if (this.#opened.size >= mostRemembered) this.#opened.clear();
    this.#opened.set(text, head);
    return head;
  }

  /** How many of the named witnesses cosigned the checkpoint, and how many must. */
  witnessed(bytes: Uint8Array): { readonly by: readonly string[]; readonly needed: number } {
    const { keys, needed } = this.#trusted.witnesses ?? { keys: [], needed: 0 };
    const note = readNote(bytes);
    return { by: keys.filter((key) => cosignedAt(note, key) !== null).map(({ name }) => name), needed };
  }

  /** True when the ledger's key is this one, or rotations lead there. */
  knowsLedgerKey(publicKey: Uint8Array): boolean {
    return this.#ledger.some((known) => isEqual(known.publicKey, publicKey));
  }
  knowsManifestKey(publicKey: Uint8Array): boolean {
    return this.#manifest.some((known) => isEqual(known.publicKey, publicKey));
  }
  knowsMinisignKey(publicKey: Uint8Array): boolean {
    return this.#minisign.some((known) => isEqual(known.publicKey, publicKey));
  }

  /** Manifest keys, those that may sign for a ledger of any size first. */
  get manifestKeys(): readonly Dated[] {
    return this.#manifest;
  }

  get minisignKeys(): readonly Uint8Array[] {
    return this.#minisign.map(({ publicKey }) => publicKey);
  }

  /** The trusted minisign key must come under its own id; the id of one that was reached by rotation is nobody's word. */
  minisignKeyFor(id: Uint8Array): readonly MinisignKey[] {
    return this.#minisign
      .filter((key) => key.id === null || isEqual(key.id, id))
      .map(({ publicKey }) => ({ id, publicKey }));
  }
}

export function speaksFor({ until }: Dated, ledgerSize: number): boolean {
  return until === null || ledgerSize <= until;
}

// Receipts of one delivery share their checkpoint.
const mostRemembered = 1000;

function chainOf(trusted: Uint8Array, rotations: readonly Rotation[]): readonly Dated[] {
  const reached: Uint8Array[] = [trusted];
  const has = (key: Uint8Array): boolean => reached.some((known) => isEqual(known, key));
  for (const { oldKey, newKey } of rotations) if (has(oldKey) && !has(newKey)) reached.push(newKey);
  for (const { oldKey, newKey } of rotations.toReversed()) if (has(newKey) && !has(oldKey)) reached.push(oldKey);
  return reached.map((publicKey) => {
    const retired = rotations.find(({ oldKey }) => isEqual(oldKey, publicKey));
    return { publicKey, until: retired === undefined ? null : retired.index + 1 };
  });
}
