import type { CallName, CallOutput } from "#shared/ipc/contract.ts";
import { noLicence } from "../../../electron/engine/handlers/licence-handlers.ts";

/** A station whose licence is in order, whatever is asked. */
export const goodLicence: CallOutput<"licence.get"> = {
  ...noLicence,
  state: "active",
  form: "ed25519",
  licenceId: "NW-2026-0007",
  customer: "Northwind Field Service",
  tier: "field",
  source: "pasted",
};

const names = ["get", "paste", "remove", "watch-file", "unwatch-file", "fetch", "add-vendor-key"] as const;
const more = ["set-expired-policy", "recover"] as const;

export const fakeOwnLicence = Object.fromEntries(
  [...names, ...more].map((name) => [`licence.${name}`, () => goodLicence]),
) as unknown as Record<Extract<CallName, `licence.${string}`>, () => typeof goodLicence>;
