import type { LicenceView } from "../../authority/licence-view.ts";

/** Devices that the station's own licence still allows now; null: it sets no limit. */
export function quotaLeft({ quota, devices }: Pick<LicenceView, "quota" | "devices">): number | null {
  const rooms = [
    quota.limit === null ? null : quota.limit - quota.last24Hours,
    devices.limit === null ? null : devices.limit - devices.used,
  ].filter((room) => room !== null);
  return rooms.length === 0 ? null : Math.max(0, Math.min(...rooms));
}
