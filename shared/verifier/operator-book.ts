import { sha256 } from "@noble/hashes/sha2.js";
import { asText, base64Bytes, isEqual, join, toHex, toUtf8 } from "./bytes.ts";
import { type JsonObject, own } from "./canonical.ts";
import { isSigned } from "./ed25519.ts";
import { Refusal } from "./findings.ts";

/**
 * Operators' signatures in one pass over a ledger's entries (formats/operator-signature.md): each must be by the key that
 * the ledger gives for the operator, over the entries directly before it, all by that operator. Of a slice it takes in
 * what is shown: there, who is named in `by` must have an account in it.
 */
export class OperatorBook {
  #origin = "";
  /** Of consecutive entries by one operator, up to the present one. */
  #run: { by: string; digests: Uint8Array[] } = { by: "", digests: [] };
  #next = 0;
  readonly #keys = new Map<string, KeyGiven[]>();
  readonly #isSlice: boolean;
  readonly #missed = new Set<string>();

  constructor({ isSlice }: { readonly isSlice: boolean }) {
    this.#isSlice = isSlice;
  }

  /** @param line the stored bytes @throws Refusal operator-signature, operator-account (once for each) */
  take(index: number, type: string, entry: JsonObject, line: Uint8Array): void {
    if (type === "ledger.created") this.#origin = textOf(entry, "origin");
    // Signatures are over entries in a row.
    if (index !== this.#next) this.#run = { by: "", digests: [] };
    this.#next = index + 1;
    const by = textOf(entry, "by");
    if (by === "") {
      this.#run = { by, digests: [] };
      return;
    }
    try {
      if (type === "operator.added" || type === "operator.pin-set") this.#noteKey(index, type, entry);
      if (this.#isSlice) this.#mustHaveAccount(index, by);
      if (type === "operator.signed") this.#judge(index, entry, by);
    } finally {
      this.#extend(by, line);
    }
  }

  #noteKey(index: number, type: string, entry: JsonObject): void {
    const operator = textOf(entry, "operator");
    const key = base64Bytes(textOf(entry, "public_key"));
    if (key === null) throw new Refusal("operator-signature", { entry: index });
    this.#keys.set(operator, [...(this.#keys.get(operator) ?? []), { index, key, isFirst: type === "operator.added" }]);
  }

  #mustHaveAccount(index: number, by: string): void {
    if (this.#missed.has(by) || (this.#keys.get(by) ?? []).some(({ isFirst }) => isFirst)) return;
    this.#missed.add(by);
    throw new Refusal("operator-account", { entry: index });
  }

  #judge(index: number, entry: JsonObject, by: string): void {
    const covers = own(entry, "covers");
    const [meaning, subject] = [textOf(entry, "meaning"), textOf(entry, "subject_sha256")];
    const [key, signature] = [base64Bytes(textOf(entry, "public_key")), base64Bytes(textOf(entry, "signature"))];
    const { digests } = this.#run;
    const isSound =
      typeof covers === "number" &&
      Number.isSafeInteger(covers) &&
      covers > 0 &&
      textOf(entry, "operator") === by &&
      this.#run.by === by &&
      covers <= digests.length &&
      key !== null &&
      signature !== null &&
      this.#isKeyOf(by, key, index - covers) &&
      toHex(sha256(join(...digests.slice(-covers)))) === subject &&
      isSigned(key, messageOf(this.#origin, by, meaning, subject), signature);
    if (!isSound) throw new Refusal("operator-signature", { entry: index });
  }

  /** The last key given before the covered entries counts; whoever had none yet signs with the one given in them. */
  #isKeyOf(operator: string, key: Uint8Array, firstCovered: number): boolean {
    const keys = this.#keys.get(operator) ?? [];
    const known = keys.findLast(({ index }) => index < firstCovered) ?? keys.find(({ isFirst }) => isFirst);
    return known !== undefined && isEqual(known.key, key);
  }

  #extend(by: string, line: Uint8Array): void {
    if (this.#run.by !== by) this.#run = { by, digests: [] };
    const { digests } = this.#run;
    // In canonical JSON the first `"at":"` is the member: inside a string its quotes would be escaped.
    digests.push(sha256(toUtf8(asText(line).replace(/"at":"[^"]*",/, ""))));
    if (digests.length > 2 * mostCovered) this.#run.digests = digests.slice(-mostCovered);
  }
}

interface KeyGiven {
  /** Of the entry that gives it. */
  readonly index: number;
  readonly key: Uint8Array;
  /** Given with the account itself, not by a new PIN. */
  readonly isFirst: boolean;
}

/** The opening of the largest batch there can be, with room. */
const mostCovered = 250_000;

function messageOf(origin: string, operator: string, meaning: string, subject: string): Uint8Array {
  return toUtf8(`licence-station operator signature v1\n${origin}\n${operator}\n${meaning}\n${subject}\n`);
}

function textOf(entry: JsonObject, name: string): string {
  const value = own(entry, name);
  return typeof value === "string" ? value : "";
}
