import { BookLock, FileOutput, MessageCircleQuestion, QrCode, SearchX, Stamp } from "lucide-react";
import { useCallback, useState } from "react";
import { useCommand, useLive } from "../../client/hooks.ts";
import { formatNumber } from "../../model/format.ts";
import { formatRoute } from "../../model/route.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Instant } from "../../shell/instant.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { ColumnChooser, useColumns } from "../../ui/column-chooser.tsx";
import { Empty } from "../../ui/empty.tsx";
import { SearchInput } from "../../ui/field.tsx";
import { Note } from "../../ui/note.tsx";
import { Select } from "../../ui/select.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { BrokenNote } from "./broken-note.tsx";
import { CheckpointPanel } from "./checkpoint-panel.tsx";
import { useEntryKind } from "./entry-kind.ts";
import { EntryPanel } from "./entry-panel.tsx";
import "./ledger.css";
import { type LedgerRow, useLedgerRows } from "./use-ledger-rows.ts";
import { VerifyNote } from "./verify-note.tsx";
import { WitnessPanel } from "./witness-panel.tsx";

const allTypes = "all";
const none: readonly string[] = [];

export function LedgerScreen() {
  const { text } = useText();
  const words = text.ledger;
  const head = useLive((state) => state.status?.ledger ?? null);
  const isVerifying = useLive((state) => state.verification?.running ?? false);
  const found = useLive((state) => state.verification?.problems ?? none);
  const isBroken = head?.health === "broken";
  const size = head?.size ?? 0;
  const [type, setType] = useState<string>(allTypes);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState<number | null>(null);
  const [aside, setAside] = useState<LedgerRow | "checkpoint" | "witnesses" | null>(null);
  const [exported, setExported] = useState<string | null>(null);
  const command = useCommand();
  const { rows, loaded, more } = useLedgerRows(type === allTypes ? null : type, query, size);
  const columns = useColumns("ledger", useLedgerColumns(), ["batch"]);
  const close = () => setAside(null);
  const look = useCallback(
    (_first: number, last: number) => {
      if (last >= rows.length - 20) more();
    },
    [rows.length, more],
  );
  const exportAll = () =>
    void command.run("ledger.export", {}).then((result) => {
      if (result === null) return;
      const { entries, folder } = result;
      const told = isBroken
        ? { here: words.readOnly.savedHere, to: words.readOnly.saved }
        : { here: words.exportedHere, to: words.exported };
      setExported(folder === null ? told.here(entries) : told.to(entries, folder));
    });
  const verify = () => void command.run("ledger.verify", {});
  const isFiltered = type !== allTypes || query !== "";
  return (
    <Screen
      title={words.title}
      isFilled
      tools={
        <>
          <a className="button" href={formatRoute({ screen: "answers" })}>
            <MessageCircleQuestion size={20} aria-hidden />
            <span className="tool-word">{text.answers.answers}</span>
          </a>
          <Button onPress={() => setAside("checkpoint")} isDisabled={size === 0}>
            <QrCode size={20} aria-hidden />
            <span className="tool-word">{words.checkpoint}</span>
          </Button>
          <Button onPress={() => setAside("witnesses")} isDisabled={size === 0}>
            <Stamp size={20} aria-hidden />
            <span className="tool-word">{text.witness.title}</span>
          </Button>
          {isBroken ? null : (
            <Button onPress={exportAll} isDisabled={size === 0 || command.busy}>
              <FileOutput size={20} aria-hidden />
              <span className="tool-word">{words.export}</span>
            </Button>
          )}
        </>
      }
      hint={
        <>
          <p>{words.size(size)}</p>
          <p className="code small cut" title={head?.root ?? ""}>
            {head === null || head.root === "" ? "" : words.hint(head.root)}
          </p>
        </>
      }
      {...(isBroken
        ? {
            secondary: (
              <Button onPress={verify} isDisabled={isVerifying || command.busy}>
                {isVerifying ? words.verifying : words.readOnly.again}
              </Button>
            ),
          }
        : {})}
      next={
        isBroken
          ? { label: words.readOnly.save, isDisabled: size === 0 || command.busy, onPress: exportAll }
          : {
              label: isVerifying ? words.verifying : words.verify(size),
              isDisabled: isVerifying || size === 0 || command.busy,
              onPress: verify,
            }
      }
      panel={
        aside === null ? null : aside === "checkpoint" ? (
          <CheckpointPanel ledgerSize={size} onClose={close} />
        ) : aside === "witnesses" ? (
          <WitnessPanel ledgerSize={size} onClose={close} />
        ) : (
          <EntryPanel row={aside} onClose={close} />
        )
      }
    >
      <VerifyNote />
      {isBroken ? <BrokenNote problems={found.length > 0 ? found : [head.problem ?? ""]} /> : null}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {exported === null ? null : (
        <Note>
          <p>{exported}</p>
        </Note>
      )}
      <div className="table-tools">
        <SearchInput label={words.search} value={query} onChange={setQuery} />
        <div className="ledger-type">
          <Select
            label={words.type}
            isLabelHidden
            value={type}
            onChange={setType}
            options={[
              { id: allTypes, label: words.allTypes },
              ...Object.entries(words.kinds).map(([id, label]) => ({ id, label })),
            ]}
          />
        </div>
        <ColumnChooser label={text.shell.common.columns} columns={columns} />
      </div>
      <div className="table-space">
        <Table
          label={words.tableLabel}
          columns={columns.shown}
          count={rows.length}
          rowAt={(index) => rows[index]}
          onLook={look}
          active={active}
          onActivate={setActive}
          onOpen={setAside}
          copyText={(row) => row.json}
          empty={
            loaded ? (
              isFiltered ? (
                <Empty icon={SearchX} title={words.noMatch} body={words.noMatchBody} />
              ) : (
                <Empty icon={BookLock} title={words.none} body={words.noneBody} />
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

function useLedgerColumns(): readonly Column<LedgerRow>[] {
  const { text, language } = useText();
  const heads = text.ledger.columns;
  const kindOf = useEntryKind();
  return [
    {
      id: "index",
      title: heads.index,
      width: 5,
      align: "end",
      render: (row) => <span className="weak">{formatNumber(row.index, language)}</span>,
    },
    { id: "at", title: heads.at, width: 11, render: (row) => <Instant at={row.at} /> },
    {
      id: "type",
      title: heads.type,
      width: 11,
      grow: 1,
      render: (row) => <span className="strong">{kindOf(row.type)}</span>,
    },
    { id: "device", title: heads.device, width: 10, grow: 1.2, render: (row) => row.deviceName ?? "" },
    {
      id: "batch",
      title: heads.batch,
      width: 10,
      grow: 1,
      render: (row) => <span className="code">{row.batch ?? ""}</span>,
    },
    { id: "operator", title: heads.operator, width: 8, grow: 0.7, render: (row) => row.operator ?? "" },
  ];
}
