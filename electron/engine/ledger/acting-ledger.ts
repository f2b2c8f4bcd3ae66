import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { Ledger } from "./ledger.ts";

/** The same ledger, whose appends all come about by this operator, whoever signs in meanwhile. */
export function actingLedger(ledger: Ledger, by: string): Ledger {
  const acted = (bodies: readonly LedgerEntryBody[]) => bodies.map((body) => ({ ...body, by }));
  const own: Pick<Ledger, "append" | "appendSoon"> = {
    append: (bodies, attachments, options) => ledger.append(acted(bodies), attachments, options),
    appendSoon: (bodies, attachments) => ledger.appendSoon(acted(bodies), attachments),
  };
  return new Proxy(ledger, {
    get: (_, name) => {
      if (Object.hasOwn(own, name)) return own[name as keyof typeof own];
      // With the ledger itself as `this`: its private members are not the proxy's.
      const value: unknown = Reflect.get(ledger, name, ledger);
      return typeof value === "function" ? value.bind(ledger) : value;
    },
  });
}
