import { Scale } from "lucide-react";
import { useState } from "react";
import { useText } from "../../text/use-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { Fingerprint } from "../../ui/fingerprint.tsx";
import { Note } from "../../ui/note.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import type { Reconciliation } from "./use-comparison.ts";

type Difference = Reconciliation["differences"][number];

/** What the licensing server and the ledger do not agree on. */
export function Reconciled(props: { readonly found: Reconciliation | null }) {
  const { found } = props;
  const { text } = useText();
  const words = text.answers;
  const [active, setActive] = useState<number | null>(null);
  const columns = useDifferenceColumns();
  if (found === null) return <Empty icon={Scale} title={words.compareBefore} body={words.compareBeforeBody} />;
  if (found.total === 0 && found.unanswered === 0) {
    return (
      <div className="note" data-tone="done" role="status">
        <StateIcon shape="check" size={22} />
        <div className="note-body">
          <p className="strong">{words.agrees(found.seats)}</p>
        </div>
      </div>
    );
  }
  return (
    <div className="answers-reconciled">
      <Note tone="held">
        <p className="strong">{words.differs(found.agreeing, found.seats)}</p>
        {found.unanswered > 0 ? <p>{words.unanswered(found.unanswered)}</p> : null}
        {found.total > found.differences.length ? <p>{words.shown(found.differences.length, found.total)}</p> : null}
      </Note>
      <div className="table-space">
        <Table<Difference>
          label={words.differenceLabel}
          columns={columns}
          count={found.differences.length}
          rowAt={(index) => found.differences[index]}
          active={active}
          onActivate={setActive}
          copyText={(row) => [row.kind, row.deviceName, row.fingerprintSha256, row.server, row.ledger].join("\t")}
          empty={null}
        />
      </div>
    </div>
  );
}

function useDifferenceColumns(): readonly Column<Difference>[] {
  const { text } = useText();
  const words = text.answers;
  const heads = words.differenceColumns;
  return [
    {
      id: "kind",
      title: heads.kind,
      width: 15,
      grow: 1,
      render: (row) => <span className="strong">{words.differences[row.kind]}</span>,
    },
    { id: "device", title: heads.device, width: 9, grow: 1, render: (row) => row.deviceName ?? "" },
    {
      id: "fingerprint",
      title: heads.fingerprint,
      width: 8,
      render: (row) =>
        row.fingerprintSha256 === null ? (
          ""
        ) : (
          <Fingerprint value={row.fingerprintSha256} copyLabel={text.shell.common.copy} />
        ),
    },
    {
      id: "server",
      title: heads.server,
      width: 9,
      grow: 1,
      render: (row) => <span className="code">{row.server ?? ""}</span>,
    },
    {
      id: "ledger",
      title: heads.ledger,
      width: 9,
      grow: 1,
      render: (row) => <span className="code">{row.ledger ?? ""}</span>,
    },
  ];
}
