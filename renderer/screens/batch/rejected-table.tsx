import { FileCheck } from "lucide-react";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useFetched } from "../../client/hooks.ts";
import type { Batch } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { type Column, Table } from "../../ui/table.tsx";

type Rejected = CallOutput<"batch.rejected">[number];

/** Request files that were refused, by path, with the reason in words. */
export function RejectedTable(props: { readonly batch: Batch; readonly query: string }) {
  const { batch, query } = props;
  const { text } = useText();
  const { value } = useFetched("batch.rejected", { batch: batch.id }, batch.rejected);
  const [active, setActive] = useState<number | null>(null);
  const needle = query.trim().toLowerCase();
  const rows = (value ?? []).filter((row) => row.path.toLowerCase().includes(needle));
  const columns: readonly Column<Rejected>[] = [
    {
      id: "path",
      title: text.batch.columns.path,
      width: 14,
      grow: 1,
      render: (row) => (
        <span className="code" title={row.path}>
          {row.line === null ? row.path : `${row.path}, ${text.check.line(row.line)}`}
        </span>
      ),
    },
    {
      id: "reason",
      title: text.batch.columns.reason,
      width: 20,
      grow: 2,
      render: (row) => {
        const [what, , next] = text.messages[row.code];
        return (
          <span title={`${what} ${next}`}>
            <span className="strong">{what}</span> {next}
          </span>
        );
      },
    },
  ];
  return (
    <Table
      label={text.batch.rejectedLabel}
      columns={columns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      active={active}
      onActivate={setActive}
      copyText={(row) => row.path}
      empty={<Empty icon={FileCheck} title={text.batch.noRejected} body="" />}
    />
  );
}
