/** What a device's ledger entries say of the device itself; the newest word counts. */
export interface DeviceFacts {
  readonly name: string | null;
  readonly serial: string | null;
  readonly fingerprint: string | null;
}

export function historyFacts(
  rows: readonly { readonly index: number; readonly deviceName: string | null; readonly json: string }[],
): DeviceFacts {
  let facts: DeviceFacts = { name: null, serial: null, fingerprint: null };
  for (const row of rows.toSorted((a, b) => a.index - b.index)) {
    const entry = readEntry(row.json);
    facts = {
      name: row.deviceName ?? facts.name,
      serial: textOf(entry, "serial") ?? facts.serial,
      fingerprint: textOf(entry, "fingerprint") ?? facts.fingerprint,
    };
  }
  return facts;
}

/** Whether the ledger's last word on the device's seat is that it was taken. */
export function holdsSeat(rows: readonly { readonly index: number; readonly type: string }[]): boolean {
  const seats = rows.filter(({ type }) => type === "activation.recorded" || type === "deactivation.recorded");
  return seats.toSorted((a, b) => a.index - b.index).at(-1)?.type === "activation.recorded";
}

function readEntry(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function textOf(entry: unknown, member: string): string | null {
  if (typeof entry !== "object" || entry === null || !Object.hasOwn(entry, member)) return null;
  const value: unknown = Reflect.get(entry, member);
  return typeof value === "string" ? value : null;
}
