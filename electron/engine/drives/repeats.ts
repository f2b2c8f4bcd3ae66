/** One earlier issue of a machine file, as the ledger tells it. */
export interface PastIssue {
  readonly batch: string;
  readonly fingerprintSha256: string;
  readonly fileSha256: string;
  readonly deviceName: string | null;
  readonly workOrder: string | null;
  /** Which stick it was delivered to (stickKey), null: to none that is known. */
  readonly stick: string | null;
}

export interface AskedDevice {
  readonly fingerprintSha256: string;
  readonly deviceName: string | null;
}

/**
 * - `new`: never seen.
 * - `renewal`: it got a file under another work order.
 * - `repeat`: this very order has served it, on this very stick, and its file is on it as it was written.
 * - `lost`: the same, but its file is not there, or no longer what it was.
 * - `repeat-elsewhere`: this very order has served it, on another stick.
 * - `conflict`: its name or its fingerprint is known for another device.
 */
export type Recurrence = "new" | "renewal" | "repeat" | "lost" | "repeat-elsewhere" | "conflict";

/** Where and for what devices ask. */
export interface AskedAt {
  readonly workOrder: string;
  readonly stick: string;
}

/** What this order has issued before, on this very stick. */
export function issuedHere(past: readonly PastIssue[], { workOrder, stick }: AskedAt): readonly PastIssue[] {
  return past.filter((one) => one.workOrder === workOrder && one.stick === stick);
}

/**
 * What each device's coming means, in the order asked. Pure.
 * @param intact SHA-256 of the machine files that are on the stick as they were written
 */
export function recurrences(
  asked: readonly AskedDevice[],
  past: readonly PastIssue[],
  here: AskedAt,
  intact: ReadonlySet<string>,
): readonly Recurrence[] {
  const byFingerprint = groupBy(past, ({ fingerprintSha256 }) => fingerprintSha256);
  const byName = groupBy(past, ({ deviceName }) => nameKey(deviceName));
  return asked.map(({ fingerprintSha256, deviceName }) => {
    const own = byFingerprint.get(fingerprintSha256) ?? [];
    const name = nameKey(deviceName);
    if (name !== null) {
      const isNamedOtherwise = own.some((one) => nameKey(one.deviceName) !== null && nameKey(one.deviceName) !== name);
      const isOthersName = (byName.get(name) ?? []).some((one) => one.fingerprintSha256 !== fingerprintSha256);
      if (isNamedOtherwise || isOthersName) return "conflict";
    }
    const inOrder = own.filter(({ workOrder }) => workOrder === here.workOrder);
    const onStick = issuedHere(inOrder, here);
    if (onStick.some(({ fileSha256 }) => intact.has(fileSha256))) return "repeat";
    if (onStick.length > 0) return "lost";
    if (inOrder.length > 0) return "repeat-elsewhere";
    return own.length > 0 ? "renewal" : "new";
  });
}

/** Names that differ in case or composition alone are one name on every stick. */
export function nameKey(name: string | null): string | null {
  return name === null || name === "" ? null : name.normalize("NFC").toLowerCase();
}

function groupBy<T>(items: readonly T[], key: (item: T) => string | null): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
