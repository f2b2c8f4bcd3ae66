import type { CallName, CallOutput } from "#shared/ipc/contract.ts";
import type { FakeHandler } from "./fake-desk.ts";
import { FakeRefusal } from "./fake-refusal.ts";

type CarryCall = Extract<CallName, `carry.${string}`>;

/** Licences carried for others: one that verifies, and one whose key nobody knows. */
export function createFakeCarry(batchOf: () => string) {
  const sentari: CallOutput<"carry.fetch"> = {
    kind: "sentari",
    customer: "Stadtwerke Ellrich, Leitstelle",
    tier: "Enterprise",
    licenceId: "SEN-88213-A",
    expiresAt: "2027-11-30T23:59:59Z",
    fileName: "sentari-license.key",
    tokenSha256: "5e1f0c77ab9c1b5ad07c5f42d1a3ab8d8a1be0b1d45e1f0c77ab9c1b5ad07c5f",
    vendorKeySha256: "c0ffee0142d1a3ab8d8a1be0b1d45e1f0c77ab9c1b5ad07c5fc0ffee0142d1a3",
    problem: null,
  };
  const handlers: { readonly [N in CarryCall]: FakeHandler<N> } = {
    "carry.inspect": ({ secret }) => {
      if (secret === null)
        return {
          ...sentari,
          kind: "stella",
          customer: "ops@ellrich.example",
          tier: "120 runs a day",
          fileName: "stella-ops.jwt",
        };
      if (secret === "nonsense") throw new FakeRefusal("LICENCE_TOKEN_FORMAT");
      if (secret === "unknown key")
        return {
          ...sentari,
          problem: { code: "LICENCE_TOKEN_KEY", message: "No known vendor key has signed this token." },
        };
      return sentari;
    },
    "carry.fetch": () => sentari,
    "carry.deliver": ({ fileName }) => {
      const batch = batchOf();
      return { batch, folder: `PROVISIONING/${batch}`, fileName, ledgerIndex: 1284 };
    },
  };
  return handlers;
}
