import { ListFilter } from "lucide-react";
import { useState } from "react";
import { batchFigures } from "../../model/batch-figures.ts";
import { baseName, formatNumber, shortFingerprint } from "../../model/format.ts";
import type { Batch } from "../../model/live.ts";
import { useFailureWords } from "../../shell/failure-note.tsx";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Chips } from "../../ui/chips.tsx";
import { ColumnChooser, useColumns } from "../../ui/column-chooser.tsx";
import { Empty } from "../../ui/empty.tsx";
import { SearchInput } from "../../ui/field.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { DeviceBadge } from "./device-badge.tsx";
import { RejectedTable } from "./rejected-table.tsx";
import { type DeviceRow, type DeviceStatus, fingerprintOf, useBatchRows } from "./use-batch-rows.ts";

const filters = {
  all: [],
  waiting: ["waiting", "activating", "issuing"],
  issued: ["issued"],
  delivered: ["delivered"],
  failed: ["failed"],
  skipped: ["skipped"],
  rejected: [],
} as const satisfies Record<string, readonly DeviceStatus[]>;
type Filter = keyof typeof filters;

/** The batch's devices, a row each, filtered by state and typing; and the files that never became devices. */
export function DeviceTable(props: { readonly batch: Batch; readonly onOpen: (row: DeviceRow) => void }) {
  const { batch, onOpen } = props;
  const { text } = useText();
  const [filter, setFilter] = useState<Filter>("all");
  const [query, setQuery] = useState("");
  const [active, setActive] = useState<number | null>(null);
  const rows = useBatchRows(batch, [...filters[filter]], query);
  const columns = useColumns("batch", useDeviceColumns(), ["serial", "activation"]);
  const choose = (now: Filter) => {
    setFilter(now);
    setActive(null);
  };
  return (
    <>
      <div className="table-tools">
        <FilterChips batch={batch} value={filter} onChange={choose} />
        <SearchInput label={text.batch.search} value={query} onChange={setQuery} />
        <ColumnChooser label={text.shell.common.columns} columns={columns} />
      </div>
      <div className="table-space">
        {filter === "rejected" ? (
          <RejectedTable batch={batch} query={query} />
        ) : (
          <Table
            label={text.batch.tableLabel}
            columns={columns.shown}
            count={rows.total()}
            rowAt={rows.rowAt}
            onLook={rows.look}
            active={active}
            onActivate={setActive}
            onOpen={onOpen}
            copyText={fingerprintOf}
            empty={
              rows.loaded() ? (
                <Empty icon={ListFilter} title={text.batch.noRows} body={text.batch.noRowsBody} />
              ) : (
                <p className="weak">{text.shell.common.loading}</p>
              )
            }
            foot={<span>{text.batch.shown(rows.total())}</span>}
          />
        )}
      </div>
    </>
  );
}

function FilterChips(props: {
  readonly batch: Batch;
  readonly value: Filter;
  readonly onChange: (filter: Filter) => void;
}) {
  const { batch, value, onChange } = props;
  const { text, language } = useText();
  const figures = batchFigures(batch);
  const states = text.shell.deviceStates;
  const all: readonly (readonly [Filter, string, number])[] = [
    ["all", text.batch.all, batch.devices],
    ["waiting", states.waiting, figures.waiting],
    ["issued", states.issued, figures.issued],
    ["delivered", states.delivered, figures.delivered],
    ["failed", states.failed, figures.failed],
    ["skipped", states.skipped, figures.skipped],
    ["rejected", text.batch.rejectedChip, batch.rejected],
  ];
  return (
    <Chips
      label={text.batch.filter}
      value={value}
      onChange={onChange}
      options={all
        .filter(([id, , count]) => count > 0 || id === value || id === "all")
        .map(([id, label, count]) => ({
          id,
          label: (
            <>
              {label} <span className="weak">{formatNumber(count, language)}</span>
            </>
          ),
        }))}
    />
  );
}

function useDeviceColumns(): readonly Column<DeviceRow>[] {
  const { text } = useText();
  const failureWords = useFailureWords();
  const heads = text.batch.columns;
  return [
    { id: "state", title: heads.state, width: 9.5, render: (row) => <DeviceBadge status={row.status} /> },
    {
      id: "name",
      title: heads.name,
      width: 10,
      grow: 1.2,
      render: (row) => row.name ?? <span className="weak">{text.batch.unnamed}</span>,
    },
    { id: "serial", title: heads.serial, width: 10, render: (row) => row.serial ?? "" },
    {
      id: "fingerprint",
      title: heads.fingerprint,
      width: 7,
      render: (row) => (
        <span className="code" title={fingerprintOf(row)}>
          {shortFingerprint(fingerprintOf(row))}
        </span>
      ),
    },
    {
      id: "file",
      title: heads.file,
      width: 11,
      grow: 1.2,
      render: (row) => (
        <span className="code" title={row.file ?? ""}>
          {row.file === null ? "" : baseName(row.file)}
        </span>
      ),
    },
    { id: "expires", title: heads.expires, width: 7, render: (row) => <Instant at={row.expiresAt} isDay /> },
    {
      id: "activation",
      title: heads.activation,
      width: 12,
      render: (row) => <span className="code">{row.activationId ?? ""}</span>,
    },
    {
      id: "error",
      title: heads.error,
      width: 12,
      grow: 1.6,
      render: (row) =>
        row.error === null ? (
          row.renewal ? (
            <span className="weak">{text.batch.renewal}</span>
          ) : (
            ""
          )
        ) : (
          failureWords(row.error.code)
        ),
    },
  ];
}
