import { StationError } from "#shared/domain/errors.ts";
import type { ServerSeat } from "./reconcile.ts";
import { csvRecords } from "./server-csv.ts";

/**
 * Seats out of a CSV with a header row, whatever the case, blanks and dashes in its names: a column of fingerprints, and
 * of activation ids, device names and ends where it has them. Rows of seats that were given back are left out.
 * @throws StationError USAGE when it is no such list
 */
export function seatsFromCsv(text: string): readonly ServerSeat[] {
  const [header = [], ...rows] = csvRecords(text);
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_"),
  );
  const column = (...wanted: readonly string[]): number => {
    const found = wanted.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
    if (found >= 0 && names.indexOf(names[found] ?? "", found + 1) >= 0)
      throw new StationError("USAGE", `The list has the column ${names[found]} twice. Export it again.`);
    return found;
  };
  const at = {
    fingerprint: column("fingerprint", "device_fingerprint", "device_id", "device_identifier", "machine_fingerprint"),
    activationId: column("activation_id", "id"),
    deviceName: column("device_name", "name"),
    ended: column("deactivated_at"),
    status: column("status", "state"),
  };
  if (at.fingerprint < 0) {
    throw new StationError(
      "USAGE",
      "The list has no column named fingerprint. Export the activations with their fingerprints.",
    );
  }
  if (rows.length > mostSeats)
    throw new StationError("USAGE", "The list has over 1,000,000 rows. Export a shorter one.");
  return rows.flatMap((row, place) => {
    const cell = (index: number): string | null => (index < 0 ? null : row[index] || null);
    if (cell(at.ended) !== null || ended.has((cell(at.status) ?? "").trim().toLowerCase())) return [];
    const fingerprint = cell(at.fingerprint);
    if (fingerprint === null || row.length > header.length)
      throw new StationError("USAGE", `Row ${place + 2} of the list does not fit its header. Export it again.`);
    return [{ fingerprint, activationId: cell(at.activationId), deviceName: cell(at.deviceName) }];
  });
}

const mostSeats = 1_000_000;
const ended: ReadonlySet<string> = new Set(["deactivated", "inactive", "released", "ended"]);
