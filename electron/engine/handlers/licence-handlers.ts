import { StationError } from "#shared/domain/errors.ts";
import { anonymousDailyQuota, defaultBurst } from "#shared/domain/station-licence.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { takeFetched } from "../authority/station-authority.ts";
import { readRegularFile } from "../authority/watched-file.ts";
import { maxVendorKeyBytes } from "../authority/vendor-key.ts";
import type { Handlers } from "../dispatch.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import type { Workspace } from "./workspace.ts";

type LicenceView = CallOutput<"licence.get">;
type LicenceCalls = Extract<keyof Handlers, `licence.${string}`>;

/** The station's own licence in the window. In a rehearsal it is the rehearsal's: nothing there is ever the real one. */
export function licenceHandlers(desk: Desk, dialogs: Dialogs): Pick<Handlers, LicenceCalls> {
  /** Does something with the licence and shows where it stands then. */
  const then = async (work: (workspace: Workspace) => Promise<void> | void): Promise<LicenceView> => {
    const workspace = await desk.workspace();
    await work(workspace);
    desk.changes.raise();
    return workspace.engine.licence();
  };
  return {
    "licence.get": async () => (await desk.existing())?.engine.licence() ?? noLicence,
    "licence.paste": ({ secret }) => then(({ engine }) => engine.authority.install(secret.trim(), "pasted")),
    "licence.remove": () => then(({ engine }) => engine.authority.remove()),
    "licence.watch-file": () =>
      then(async ({ engine }) => {
        const file = await dialogs.chooseLicenceFile("licence");
        if (file !== null) await engine.authority.watch(file);
      }),
    "licence.unwatch-file": () => then(({ engine }) => engine.authority.watch(null)),
    "licence.fetch": ({ how, issuer, email }) =>
      then(async ({ engine, opened }) => {
        const token = engine.authority.token();
        if (how === "refresh" && token === null)
          throw new StationError("LICENCE_REQUIRED", "There is no licence to refresh. Register, or paste one.");
        const { proxy, caPem } = desk.settings.get();
        const access = { url: issuer, proxy: orNull(proxy), caPem: orNull(caPem) };
        const asked = how === "refresh" && token !== null ? { token } : { email };
        const fetched = await opened.fetchLicence(asked, access, AbortSignal.timeout(fetchTimeoutMs));
        await takeFetched(engine.authority, fetched);
      }),
    "licence.add-vendor-key": () =>
      then(async ({ engine }) => {
        const file = await dialogs.chooseLicenceFile("vendor-key");
        if (file !== null) engine.addVendorKey(pemIn(file), orNull(desk.settings.get().operator));
      }),
    "licence.set-expired-policy": ({ policy }) => then(({ engine }) => engine.authority.setExpired(policy)),
    "licence.recover": ({ secret }) => then(({ engine }) => engine.recover(secret.trim())),
  };
}

const fetchTimeoutMs = 60_000;

/** Of a station that is not opened yet. */
export const noLicence: LicenceView = {
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
  quota: { limit: anonymousDailyQuota, last24Hours: 0, today: 0, freeAt: null },
  devices: { limit: null, used: 0 },
  burst: defaultBurst,
  source: "none",
  watchedFile: null,
  boundToThisStation: false,
  vendorKeys: [],
  tampering: [],
  expiredPolicy: "as-none",
};

function pemIn(file: string): Uint8Array {
  const bytes = readRegularFile(file, maxVendorKeyBytes);
  if (bytes instanceof Uint8Array) return bytes;
  throw new StationError("VENDOR_KEY_INVALID", "That file is no public key in PEM. Choose the one the vendor sent.");
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text;
}
