import type { LedgerEntry, LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { Role } from "#shared/domain/operator.ts";
import { hex } from "#shared/formats/encoding.ts";
import { type Operators, openOperators } from "../../electron/engine/authority/operators/operators.ts";
import type { OperatorKeys, OperatorLedger } from "../../electron/engine/authority/operators/ports.ts";
import { type SigningKey, signingKeyFromSeed } from "../../electron/engine/keys/signing-key.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";
import { seededRandom } from "./seeded-random.ts";

/** Operators on a ledger in memory, with real signatures and without the price of a PIN. */
export interface OperatorsWorld {
  readonly entries: LedgerEntry[];
  readonly clock: FakeClock;
  readonly vault: OperatorKeys & { readonly tries: () => number; lose(publicKey: Uint8Array): void };
  readonly operators: () => Operators;
  /** The same ledger and keys, opened by another process. */
  restart(): Operators;
  /** Ada is administrator and signed in. */
  begin(): Promise<Operators>;
  /** Adds somebody whose badge is `B-<name>` and PIN `pin-<name>`. */
  join(name: string, role: Role): Promise<string>;
  signIn(name: string): Promise<void>;
}

export const pinOf = (name: string): string => `pin-${name}-4711`;
export const badgeOf = (name: string): string => `B-${name}`;

export function operatorsWorld(): OperatorsWorld {
  const clock = fakeClock();
  const random = seededRandom("operators");
  const entries: LedgerEntry[] = [];
  const kept = new Map<string, { readonly badge: string; readonly pin: string; readonly signer: SigningKey }>();
  let tries = 0;
  let current: Operators | null = null;
  const ledger: OperatorLedger = {
    origin: "bench-4",
    append: (bodies: readonly LedgerEntryBody[]) =>
      bodies.map((body) => entries.push({ ...body, v: 1, at: clock.now().toISOString() }) - 1),
    entriesOfType: (type) =>
      entries.flatMap((entry, index) => (entry.type === type ? [{ index, entry: entry as never }] : [])),
  };
  const vault: OperatorsWorld["vault"] = {
    make: async (badge, pin) => {
      const signer = signingKeyFromSeed(random.bytes(32));
      kept.set(hex(signer.publicKey), { badge, pin, signer });
      return signer;
    },
    open: async (publicKey, pin) => {
      tries += 1;
      const found = kept.get(hex(publicKey));
      return found?.pin === pin ? found.signer : null;
    },
    pretend: async () => {
      tries += 1;
    },
    badge: (publicKey) => kept.get(hex(publicKey))?.badge ?? "",
    forget: (publicKey) => void kept.delete(hex(publicKey)),
    lose: (publicKey) => void kept.delete(hex(publicKey)),
    tries: () => tries,
  };
  const restart = () => (current = openOperators({ ledger, keys: vault, clock, random }));
  const operators = () => current ?? restart();
  return {
    entries,
    clock,
    vault,
    operators,
    restart,
    begin: async () => {
      await operators().add({ badge: badgeOf("Ada"), name: "Ada", role: "administrator", pin: pinOf("Ada") });
      return operators();
    },
    join: async (name, role) => (await operators().add({ badge: badgeOf(name), name, role, pin: pinOf(name) })).id,
    signIn: async (name) => void (await operators().signIn(badgeOf(name), pinOf(name))),
  };
}
