import type { CallName, FeedSnapshot } from "#shared/ipc/contract.ts";
import { FakeRefusal } from "./fake-refusal.ts";
import type { FakeHandler } from "./fake-desk.ts";

type Licence = FeedSnapshot<"licence">;
type LicenceCall = Extract<CallName, `licence.${string}`>;

export type FakeLicenceState = Licence["state"] | "few-left" | "quota-over" | "offline-soon" | "offline-over";

const day = 86_400_000;
const key = (seed: string) => seed.repeat(16).slice(0, 64);

/** The station's own licence in any state of its life. Edges lie around the present, since the page counts to them. */
export function createFakeLicence(start: { readonly state: FakeLicenceState; readonly now: number }) {
  let licence = fakeLicence(start.state, start.now);
  const take = (next: Licence) => (licence = next);
  const handlers: { readonly [N in LicenceCall]: FakeHandler<N> } = {
    "licence.get": () => licence,
    "licence.paste": ({ secret }) => {
      if (!secret.startsWith("LS1.")) throw new FakeRefusal("LICENCE_TOKEN_SIGNATURE");
      return take({ ...fakeLicence("active", start.now), source: "pasted" });
    },
    "licence.remove": () => take(fakeLicence("none", start.now)),
    "licence.watch-file": () =>
      take({ ...fakeLicence("active", start.now), source: "file", watchedFile: "/etc/station/licence.jwt" }),
    "licence.unwatch-file": () => take({ ...licence, watchedFile: null }),
    "licence.fetch": () => take({ ...fakeLicence("active", start.now), source: "issuer" }),
    "licence.add-vendor-key": () =>
      take({
        ...licence,
        vendorKeys: [...licence.vendorKeys, { sha256: key("77aa"), kind: "ed25519", bundled: false }],
      }),
    "licence.set-expired-policy": ({ policy }) => take({ ...licence, expiredPolicy: policy }),
    "licence.recover": ({ secret, approval }) => {
      if (!secret.startsWith("LS1.")) throw new FakeRefusal("LICENCE_TOKEN_SIGNATURE");
      if (approval === null && start.state === "tampered" && secret.includes("two"))
        throw new FakeRefusal("APPROVAL_NEEDED", { subject: "licence-recovery", reference: key("beef") });
      return take(fakeLicence("active", start.now));
    },
  };
  return { handlers, view: () => licence };
}

function fakeLicence(state: FakeLicenceState, now: number): Licence {
  const at = (days: number) => new Date(now + days * day).toISOString().replace(/\.\d{3}/, "");
  const none: Licence = {
    state: "none",
    writes: true,
    notices: [],
    form: null,
    licenceId: null,
    customer: null,
    email: null,
    tier: null,
    sku: null,
    issuedAt: null,
    expiresAt: null,
    graceEndsAt: null,
    readOnlyEndsAt: null,
    offlineEndsAt: null,
    lastContactAt: null,
    maxOfflineDays: null,
    quota: { limit: 33, last24Hours: 9, today: 4, freeAt: null },
    devices: { limit: null, used: 9 },
    burst: { count: 30, seconds: 60 },
    source: "none",
    watchedFile: null,
    boundToThisStation: false,
    vendorKeys: [
      { sha256: key("1f0c77ab9c1b5ad0"), kind: "ed25519", bundled: true },
      { sha256: key("c0ffee0142d1a3ab"), kind: "rsa", bundled: true },
    ],
    tampering: [],
    expiredPolicy: "as-none",
  };
  if (state === "none") return none;
  if (state === "few-left") return { ...none, quota: { limit: 33, last24Hours: 27, today: 27, freeAt: at(0.4) } };
  // Days from now to the licence's end; 30 days of grace and 60 of read-only follow.
  const end = { grace: -11.2, "read-only": -44, "locked-out": -120 }[state as string] ?? 131.4;
  const licence: Licence = {
    ...none,
    state:
      state === "grace" || state === "read-only" || state === "locked-out" || state === "tampered" ? state : "active",
    writes: !["read-only", "locked-out", "tampered", "quota-over", "offline-over"].includes(state),
    form: "ed25519",
    licenceId: "LS-2026-004711",
    customer: "Nordwerk Anlagenbau GmbH",
    email: "lizenzen@nordwerk.example",
    tier: "Factory",
    sku: "station-factory",
    issuedAt: at(end - 365),
    expiresAt: at(end),
    graceEndsAt: at(end + 30),
    readOnlyEndsAt: at(end + 90),
    offlineEndsAt: at({ "offline-soon": 1.3, "offline-over": -0.7 }[state as string] ?? 26),
    lastContactAt: at(-4),
    maxOfflineDays: 30,
    quota: { limit: 2000, last24Hours: 212, today: 148, freeAt: null },
    devices: { limit: 10_000, used: 3418 },
    burst: null,
    source: "pasted",
    boundToThisStation: true,
  };
  if (state === "quota-over")
    return {
      ...licence,
      notices: [{ code: "STATION_QUOTA_REACHED", message: "2000 of 2000 provisioned in 24 hours." }],
      quota: { limit: 2000, last24Hours: 2000, today: 2000, freeAt: at(0.21) },
    };
  if (state === "tampered")
    return {
      ...licence,
      notices: [{ code: "STATION_TAMPERED", message: "Stored claims differ from the signed ones." }],
      tampering: [
        {
          kind: "stored-claims",
          message: "max_devices is 10000 in the token and 1000000 in the store.",
          at: at(-0.02),
        },
        { kind: "clock-behind", message: "The clock is 3 h 12 min behind the ledger's newest entry.", at: at(-0.01) },
      ],
    };
  return licence;
}
