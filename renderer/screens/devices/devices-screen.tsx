import { Boxes, FileDown, SearchX } from "lucide-react";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useFetched, useLive, useStation } from "../../client/hooks.ts";
import { toCsv } from "../../model/csv.ts";
import { shortFingerprint } from "../../model/format.ts";
import { createRowWindows } from "../../model/row-windows.ts";
import { Instant } from "../../shell/instant.tsx";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { ColumnChooser, useColumns } from "../../ui/column-chooser.tsx";
import { Empty } from "../../ui/empty.tsx";
import { SearchInput } from "../../ui/field.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { type Column, Table } from "../../ui/table.tsx";
import { DevicePanel } from "./device-panel.tsx";
import "./devices.css";
import { Expiry } from "./expiry.tsx";
import { ExpiryPlot } from "./expiry-plot.tsx";

type Hit = CallOutput<"devices.search">["rows"][number];

/** Most devices that one saved table holds. */
const mostSaved = 50_000;

export function DevicesScreen(props: { readonly device: string | null }) {
  const { device } = props;
  const { text } = useText();
  const { client } = useStation();
  const ledgerSize = useLive((state) => state.status?.ledger.size ?? 0);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState<number | null>(null);
  const stats = useFetched("stats.summary", {}, ledgerSize);
  const rows = useMemo(
    () =>
      createRowWindows<Hit>(async (offset, limit) => {
        const reply = await client.call("devices.search", { query, offset, limit });
        return reply.ok ? reply.value : null;
      }),
    [client, query],
  );
  useEffect(() => {
    rows.look(0, 0);
    return rows.close;
  }, [rows]);
  useEffect(() => rows.invalidate(), [rows, ledgerSize]);
  useSyncExternalStore(
    useCallback((listener) => rows.subscribe(listener), [rows]),
    rows.version,
  );
  const columns = useColumns("devices", useHitColumns());
  const expiring = stats.value?.expiring ?? [];

  const saveCsv = async () => {
    const lines: (readonly string[])[] = [columns.shown.map((column) => column.title)];
    for (let offset = 0; offset < Math.min(rows.total(), mostSaved); offset += 500) {
      const reply = await client.call("devices.search", { query, offset, limit: 500 });
      if (!reply.ok) return;
      lines.push(...reply.value.rows.map((hit) => columns.shown.map((column) => cellOf(hit, column.id))));
    }
    saveFile("devices.csv", toCsv(lines), "text/csv");
  };
  return (
    <Screen
      title={text.devices.title}
      isFilled
      hint={<p>{text.devices.shown(rows.total())}</p>}
      secondary={
        <Button onPress={() => void saveCsv()} isDisabled={rows.total() === 0}>
          <FileDown size={20} aria-hidden />
          {text.devices.saveCsv}
        </Button>
      }
      next={null}
      panel={
        device === null ? null : (
          <DevicePanel key={device} device={device} onClose={() => go({ screen: "devices", device: null })} />
        )
      }
    >
      {expiring.length === 0 ? null : <ExpiryPlot expiring={expiring} />}
      <div className="table-tools">
        <SearchInput label={text.devices.search} value={query} onChange={setQuery} />
        <ColumnChooser label={text.shell.common.columns} columns={columns} />
      </div>
      <div className="table-space">
        <Table
          label={text.devices.tableLabel}
          columns={columns.shown}
          count={rows.total()}
          rowAt={rows.rowAt}
          onLook={rows.look}
          active={active}
          onActivate={setActive}
          onOpen={(hit) => go({ screen: "devices", device: hit.fingerprintSha256 })}
          copyText={(hit) => hit.fingerprint ?? hit.fingerprintSha256}
          empty={
            rows.loaded() ? (
              query === "" ? (
                <Empty icon={Boxes} title={text.devices.none} body={text.devices.noneBody} />
              ) : (
                <Empty icon={SearchX} title={text.devices.noMatch} body={text.devices.noMatchBody} />
              )
            ) : (
              <p className="weak">{text.shell.common.loading}</p>
            )
          }
        />
      </div>
    </Screen>
  );
}

function useHitColumns(): readonly Column<Hit>[] {
  const { text } = useText();
  const heads = text.devices.columns;
  return [
    {
      id: "name",
      title: heads.name,
      width: 11,
      grow: 1.4,
      render: (hit) => hit.name ?? <span className="weak">{text.batch.unnamed}</span>,
    },
    { id: "serial", title: heads.serial, width: 8, grow: 1, render: (hit) => hit.serial ?? "" },
    {
      id: "fingerprint",
      title: heads.fingerprint,
      width: 8,
      render: (hit) => (
        <span className="code" title={hit.fingerprint ?? hit.fingerprintSha256}>
          {shortFingerprint(hit.fingerprint ?? hit.fingerprintSha256)}
        </span>
      ),
    },
    { id: "issued", title: heads.issued, width: 11, render: (hit) => <Instant at={hit.lastIssuedAt} /> },
    { id: "expires", title: heads.expires, width: 14, render: (hit) => <Expiry at={hit.expiresAt} /> },
    { id: "files", title: heads.files, width: 5, align: "end", render: (hit) => hit.files },
  ];
}

function cellOf(hit: Hit, column: string): string {
  const cells: Readonly<Record<string, string | null>> = {
    name: hit.name,
    serial: hit.serial,
    fingerprint: hit.fingerprint ?? hit.fingerprintSha256,
    issued: hit.lastIssuedAt,
    expires: hit.expiresAt,
    files: String(hit.files),
  };
  return cells[column] ?? "";
}
