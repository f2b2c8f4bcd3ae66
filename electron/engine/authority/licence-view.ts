import type { z } from "zod";
import type { Failure } from "#shared/domain/errors.ts";
import type { licenceView } from "#shared/ipc/authority-contract.ts";
import { freeAt, limitsOf, refusedDevices, type Spent } from "./quota.ts";
import type { StationAuthority } from "./station-authority.ts";
import type { VendorKey } from "./vendor-key.ts";

export type LicenceView = z.infer<typeof licenceView>;

/** Everything that people are told of the station's licence; holds no token. */
export function licenceViewOf(
  authority: StationAuthority,
  spent: Spent,
  vendorKeys: readonly VendorKey[],
): LicenceView {
  const { licence, source, watchedFile, supplyProblem, tampering, expired } = authority;
  const { state, refusal, notices, governing, edges } = authority.standing();
  const lastContactAt = authority.lastContactAt();
  const limits = limitsOf(governing);
  const nowMs = authority.now().getTime();
  // A device nobody has seen: whether one more could be provisioned at all.
  const [full = null] = refusal === null ? refusedDevices([noDevice], limits, spent, nowMs).values() : [];
  const told = [refusal, full, ...notices, supplyProblem].filter((one): one is Failure => one !== null);
  return {
    state,
    writes: refusal === null && full === null,
    notices: unique(told).map(({ code, message }) => ({ code, message })),
    form: licence?.form ?? null,
    licenceId: licence?.id ?? null,
    customer: licence?.customer.name ?? null,
    email: licence?.customer.email ?? null,
    tier: licence?.tier ?? null,
    sku: licence?.sku ?? null,
    issuedAt: instant(licence?.issuedAt),
    expiresAt: instant(licence?.expiresAt),
    graceEndsAt: instant(edges?.graceEndsAt),
    readOnlyEndsAt: instant(edges?.readOnlyEndsAt),
    offlineEndsAt: instant(edges?.offlineEndsAt),
    lastContactAt: instant(lastContactAt),
    maxOfflineDays: licence?.maxOfflineDays ?? null,
    quota: {
      limit: limits.daily,
      last24Hours: spent.countAfter(nowMs - dayMs),
      today: spent.countOnDayOf(nowMs),
      freeAt: instant(freeAt(spent, limits, nowMs)),
    },
    devices: { limit: limits.devices, used: limits.licenceId === null ? 0 : spent.devicesOf(limits.licenceId) },
    burst: limits.burst,
    source: licence === null ? "none" : (source ?? "none"),
    watchedFile,
    boundToThisStation: licence !== null && licence.station !== null,
    vendorKeys: vendorKeys.map(({ sha256, kind, bundled }) => ({ sha256, kind, bundled })),
    tampering: tampering.map(({ kind, detail, sha256, at }) => ({ kind, message: `${detail} Event ${sha256}.`, at })),
    expiredPolicy: expired,
  };
}

const dayMs = 86_400_000;
const noDevice = "";

function instant(at: Date | null | undefined): string | null {
  return at == null ? null : at.toISOString().replace(".000Z", "Z");
}

function unique(failures: readonly Failure[]): readonly Failure[] {
  return [...new Map(failures.map((failure) => [failure.code, failure])).values()];
}
