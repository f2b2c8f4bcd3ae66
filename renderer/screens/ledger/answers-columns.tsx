import type { ReactNode } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatNumber } from "../../model/format.ts";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Fingerprint } from "../../ui/fingerprint.tsx";
import type { Column } from "../../ui/table.tsx";
import { useEntryKind } from "./entry-kind.ts";

export type AnswerRow = CallOutput<"audit.devices">["rows"][number];
type Cell = AnswerRow[number];

/** Columns by the names that the engine gives them; what a table has no room for is in the CSV. */
export function useAnswerColumns(names: readonly string[]): readonly Column<AnswerRow>[] {
  const { text, language } = useText();
  const words = text.answers;
  const kindOf = useEntryKind();
  const titles: Readonly<Record<string, string>> = words.columns;
  const overrides: Readonly<Record<string, string>> = words.overrideKinds;
  const show = (name: string, cell: Cell): ReactNode => {
    if (cell === null) return "";
    if (typeof cell === "boolean") return cell ? words.yes : words.no;
    if (typeof cell === "number") return formatNumber(cell, language);
    if (name === "at" || name === "expires_at") return <Instant at={cell} />;
    if (name === "type") return <span className="strong">{kindOf(cell)}</span>;
    if (name === "kind") return <span className="strong">{overrides[cell] ?? cell}</span>;
    if (codes.has(name) && cell.length > 12) return <Fingerprint value={cell} copyLabel={text.shell.common.copy} />;
    if (codes.has(name)) return <span className="code">{cell}</span>;
    return cell;
  };
  return names.flatMap((name, at) => {
    // Of files the list names the device; their hashes are in the CSV and in the device's own answer.
    if (hidden.has(name) || (name === "file_sha256" && names.includes("fingerprint"))) return [];
    const isNumber = numbers.has(name);
    return [
      {
        id: name,
        title: titles[name] ?? name,
        width: widths[name] ?? (isNumber ? 7 : 8),
        ...(grows.has(name) ? { grow: 1 } : {}),
        ...(isNumber ? { align: "end" as const } : {}),
        render: (row: AnswerRow) => show(name, row[at] ?? null),
      },
    ];
  });
}

const hidden: ReadonlySet<string> = new Set(["fingerprint_sha256", "batch", "code"]);
const codes: ReadonlySet<string> = new Set(["fingerprint", "file_sha256", "activation_id", "subject"]);
const numbers: ReadonlySet<string> = new Set(["index", "batches", "failed", "skipped"]);
const grows: ReadonlySet<string> = new Set([
  "device_name",
  "name",
  "operator",
  "work_order",
  "subject",
  "type",
  "kind",
]);
const widths: Readonly<Record<string, number>> = {
  index: 4,
  at: 10,
  expires_at: 10,
  serial: 5.5,
  delivered: 5,
  operator: 6,
  work_order: 5.5,
  type: 10,
  kind: 14,
  name: 12,
};
