import type { Licence } from "./live.ts";

/** How loud a state speaks: the tones of the style sheets. */
export type LicenceTone = "done" | "held" | "action" | "quiet";

export type LicenceAlarm =
  | { readonly kind: "tampered" | "locked-out" | "read-only" | "stopped"; readonly tone: "action" }
  | { readonly kind: "offline-over" | "quota-over"; readonly tone: "action" }
  | { readonly kind: "grace" | "offline-soon"; readonly tone: "held" }
  | { readonly kind: "few-left"; readonly tone: "quiet"; readonly left: number };

/** Below this many provisionings left without a licence every screen says so. */
const few = 10;
const daySeconds = 86_400;

/** What every screen has to say of the station's own licence; null while there is nothing to say. `now` in ms. */
export function licenceAlarm(licence: Licence, now: number): LicenceAlarm | null {
  if (licence.state === "tampered") return { kind: "tampered", tone: "action" };
  if (licence.state === "locked-out" || licence.state === "read-only") return { kind: licence.state, tone: "action" };
  const left = quotaLeft(licence);
  if (isOfflineOver(licence, now)) return { kind: "offline-over", tone: "action" };
  if (left === 0) return { kind: "quota-over", tone: "action" };
  if (!licence.writes) return { kind: "stopped", tone: "action" };
  if (licence.state === "grace") return { kind: "grace", tone: "held" };
  if (isOfflineSoon(licence, now)) return { kind: "offline-soon", tone: "held" };
  if (licence.state === "none" && left !== null && left < few) return { kind: "few-left", tone: "quiet", left };
  return null;
}

export function toneOfLicence(licence: Licence, now: number): LicenceTone {
  const alarm = licenceAlarm(licence, now);
  if (alarm !== null) return alarm.tone;
  return licence.state === "active" ? "done" : "quiet";
}

/** Provisionings that are left now: the smaller of the rolling 24 hours and the UTC day. Null: no limit. */
export function quotaLeft({ quota }: Licence): number | null {
  if (quota.limit === null) return null;
  return Math.max(0, quota.limit - Math.max(quota.last24Hours, quota.today));
}

export function devicesLeft({ devices }: Licence): number | null {
  return devices.limit === null ? null : Math.max(0, devices.limit - devices.used);
}

const edgeNames = ["expiresAt", "graceEndsAt", "readOnlyEndsAt", "offlineEndsAt"] as const;
export interface Edge {
  readonly name: (typeof edgeNames)[number];
  readonly at: string;
  /** Whole seconds from now, rounded up so that an edge is never announced before it is there; 0 when it is past. */
  readonly seconds: number;
}

/** The edges a licence has, in the order of its life; contact last. */
export function licenceEdges(licence: Licence, now: number): readonly Edge[] {
  return edgeNames.flatMap((name) => {
    const at = licence[name];
    return at === null ? [] : [{ name, at, seconds: secondsUntil(at, now) }];
  });
}

export function secondsUntil(instant: string, now: number): number {
  const until = Date.parse(instant);
  return Number.isNaN(until) ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
}

/** The parts of a licence's life with their share of it, and where now is, 0 to 1. Null without an end. */
export function lifeLine(
  licence: Licence,
  now: number,
): {
  readonly parts: readonly { readonly name: "active" | "grace" | "read-only"; readonly share: number }[];
  readonly at: number;
} | null {
  const { issuedAt, expiresAt, graceEndsAt, readOnlyEndsAt } = licence;
  if (expiresAt === null) return null;
  const end = Date.parse(expiresAt);
  const start = issuedAt === null ? end - 30 * daySeconds * 1000 : Date.parse(issuedAt);
  const graceEnd = graceEndsAt === null ? end : Date.parse(graceEndsAt);
  const last = readOnlyEndsAt === null ? graceEnd : Date.parse(readOnlyEndsAt);
  const whole = last - start;
  if (!(whole > 0)) return null;
  const parts = [
    { name: "active" as const, share: (end - start) / whole },
    { name: "grace" as const, share: (graceEnd - end) / whole },
    { name: "read-only" as const, share: (last - graceEnd) / whole },
  ].filter(({ share }) => share > 0);
  return { parts, at: Math.min(1, Math.max(0, (now - start) / whole)) };
}

function isOfflineOver({ offlineEndsAt }: Licence, now: number): boolean {
  return offlineEndsAt !== null && secondsUntil(offlineEndsAt, now) === 0;
}

/** In the last quarter of the time allowed without contact, and never more than three days ahead. */
function isOfflineSoon({ offlineEndsAt, maxOfflineDays }: Licence, now: number): boolean {
  if (offlineEndsAt === null || maxOfflineDays === null) return false;
  return secondsUntil(offlineEndsAt, now) <= Math.min(3 * daySeconds, (maxOfflineDays * daySeconds) / 4);
}
