import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import { useStation } from "../../client/hooks.ts";
import type { Batch } from "../../model/live.ts";
import { createRowWindows, type RowWindows } from "../../model/row-windows.ts";

export type DeviceRow = CallOutput<"batch.rows">["rows"][number];
export type DeviceStatus = DeviceRow["status"];

/** The device's fingerprint, or its SHA-256 where the ledger kept nothing else. */
export function fingerprintOf(row: DeviceRow): string {
  return row.fingerprint === "" ? row.fingerprintSha256 : row.fingerprint;
}

/** At most this often are rows in view fetched anew while a batch runs. */
const refreshMs = 200;

/** Rows of a batch that match, window by window, kept as new as its revision. */
export function useBatchRows(
  batch: Pick<Batch, "id" | "revision">,
  status: CallInput<"batch.rows">["status"],
  query: string,
): RowWindows<DeviceRow> {
  const { client } = useStation();
  const filter = status.join(",");
  const rows = useMemo(
    () =>
      createRowWindows<DeviceRow>(async (offset, limit) => {
        const wanted = filter === "" ? [] : (filter.split(",") as DeviceStatus[]);
        const reply = await client.call("batch.rows", { batch: batch.id, offset, limit, status: wanted, query });
        return reply.ok ? reply.value : null;
      }),
    [client, batch.id, filter, query],
  );
  useEffect(() => {
    rows.look(0, 0);
    return rows.close;
  }, [rows]);
  useEffect(() => {
    const timer = setTimeout(rows.invalidate, refreshMs);
    return () => clearTimeout(timer);
  }, [rows, batch.revision]);
  useSyncExternalStore(
    useCallback((listener) => rows.subscribe(listener), [rows]),
    rows.version,
  );
  return rows;
}
