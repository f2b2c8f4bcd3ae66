import type { CallInput, CallName, CallOutput } from "#shared/ipc/contract.ts";
import { fakeLicenses, fakePolicies, fakeSettings } from "./fake-setup.ts";

export type FakeHandler<N extends CallName> = (input: CallInput<N>) => CallOutput<N>;

type DeskCall = Extract<
  CallName,
  `settings.${string}` | `licenses.${string}` | `policies.${string}` | `job.${string}` | "keys.export"
>;
type Settings = CallOutput<"settings.get">;

/** Settings, licences, policies and the job of a fake engine, kept in memory. */
export function createFakeDesk(start: {
  readonly isNew: boolean;
  readonly slots: Settings["slots"];
  readonly settings: Partial<Settings>;
  readonly instant: () => string;
}) {
  const { isNew } = start;
  let settings = fakeSettings({
    setUp: !isNew,
    apiKeySet: !isNew,
    slots: start.slots,
    ...(isNew ? { operator: "", apiUrl: "" } : {}),
    ...start.settings,
  });
  let licenses: CallOutput<"licenses.list"> = isNew ? [] : fakeLicenses;
  let policies: CallOutput<"policies.list"> = fakePolicies;
  let job: CallOutput<"job.get"> = isNew
    ? { product: "", pool: "", policyId: null, workOrder: "" }
    : { product: "acme-gateway", pool: "Plant 2", policyId: "field", workOrder: "WO-4711" };
  let real = job;
  let made = 0;
  const handlers: { readonly [N in DeskCall]: FakeHandler<N> } = {
    "settings.get": () => settings,
    "settings.update": (patch) => (settings = { ...settings, ...(patch as Partial<Settings>) }),
    "settings.set-api-key": () => (settings = { ...settings, apiKeySet: true }),
    "settings.test-connection": () => ({ ok: true, apiVersion: "2026-08", latencyMs: 41.3, problem: null }),
    "settings.choose-ca": () => (settings = { ...settings, caPem: "-----BEGIN CERTIFICATE-----" }),
    "keys.export": () => ({ folder: "/home/vogel/station-keys", files: ["ledger.pem", "ledger.vkey"] }),
    "licenses.list": () => licenses,
    "licenses.add": ({ label, product, pool, secret }) => {
      const blank = { seatLimit: null, activeSeats: null, expiresAt: null, checkedAt: null };
      const last4 = secret.slice(-4);
      licenses = [...licenses, { id: `l-${last4}`, label, product, pool, last4, state: "unknown", ...blank }];
      return licenses;
    },
    "licenses.remove": ({ id }) => (licenses = licenses.filter((license) => license.id !== id)),
    "licenses.check": ({ id }) =>
      (licenses = licenses.map((license) =>
        license.id === id ? { ...license, checkedAt: start.instant() } : license,
      )),
    "policies.list": () => policies,
    "policies.save": ({ id, ...rest }) => {
      made += 1;
      const policy = { ...rest, id: id ?? `own-new-${made}`, preset: false };
      policies = id === null ? [...policies, policy] : policies.map((each) => (each.id === id ? policy : each));
      return policies;
    },
    "policies.remove": ({ id }) => (policies = policies.filter((policy) => policy.id !== id)),
    "job.get": () => job,
    "job.set": (next) => (job = next),
  };
  return {
    handlers,
    settings: () => settings,
    rotate(use: keyof Settings["keyFingerprints"]) {
      const keyFingerprints = {
        ...settings.keyFingerprints,
        [use]: settings.keyFingerprints[use].split("").toReversed().join(""),
      };
      settings = { ...settings, keyFingerprints };
    },
    /** In rehearsal everything is chosen already; afterwards the real job is back. */
    rehearse(rehearsal: boolean) {
      if (rehearsal && !settings.rehearsal) real = job;
      job = rehearsal ? { product: "acme-gateway", pool: "Rehearsal", policyId: "field", workOrder: "" } : real;
      return (settings = { ...settings, rehearsal });
    },
  };
}
