import type { LedgerEntry } from "#shared/domain/ledger-entry.ts";
import type { Role } from "#shared/domain/operator.ts";
import { fromBase64, must } from "#shared/formats/encoding.ts";

/** One operator, as the ledger's entries add up. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly active: boolean;
  readonly badgeSha256: string;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Wrong PINs in a row. */
  readonly failures: number;
  readonly lockedUntil: Date | null;
}

/** Entries that say something of accounts. */
export const accountTypes = [
  "operator.added",
  "operator.changed",
  "operator.pin-set",
  "operator.signed-in",
  "operator.refused",
] as const;

export type AccountEntry = Extract<LedgerEntry, { type: (typeof accountTypes)[number] }>;

/** Takes in the next entry, in the ledger's order. */
export function foldAccount(accounts: Map<string, Account>, said: AccountEntry): void {
  if (said.type === "operator.added") {
    const { operator: id, name, role, badge_sha256: badgeSha256, public_key } = said;
    const account = { id, name, role, active: true, badgeSha256, publicKey: keyOf(public_key) };
    accounts.set(id, { ...account, failures: 0, lockedUntil: null });
    return;
  }
  const known = accounts.get(said.operator);
  if (known === undefined) return;
  accounts.set(said.operator, { ...known, ...changeOf(said) });
}

function changeOf(said: Exclude<AccountEntry, { type: "operator.added" }>): Partial<Account> {
  switch (said.type) {
    case "operator.changed":
      return { name: said.name, role: said.role, active: said.active };
    case "operator.pin-set":
      return { publicKey: keyOf(said.public_key), ...trusted };
    case "operator.signed-in":
      return trusted;
    case "operator.refused":
      return {
        failures: said.failures,
        lockedUntil: said.locked_until === null ? null : new Date(said.locked_until),
      };
  }
}

const trusted = { failures: 0, lockedUntil: null } as const;

function keyOf(text: string): Uint8Array {
  return must(fromBase64(text), "a public key of the ledger");
}
