import { useLive } from "../client/hooks.ts";
import { formatDuration, formatNumber } from "../model/format.ts";
import type { Status } from "../model/live.ts";
import { useText } from "../text/use-text.ts";
import { type Shape, StateIcon } from "../ui/state-icon.tsx";
import { LedgerStrip } from "./ledger-strip.tsx";
import { LicenceStrip } from "./licence-strip.tsx";
import { OperatorCell } from "./people/operator-cell.tsx";
import { useNow } from "./use-now.ts";

/** What holds for the whole station, always in the same places. */
export function StatusStrip() {
  const status = useLive((state) => state.status);
  const connected = useLive((state) => state.connected);
  const { text, language } = useText();
  const strip = text.shell.strip;
  const now = useNow();
  const api = apiState(status);
  const ledger = ledgerState(status);
  const down = status?.api.since;
  const apiWords = {
    unknown: strip.unknown,
    good: strip.reachable,
    down:
      down === null || down === undefined
        ? strip.down
        : strip.downSince(formatDuration((now - Date.parse(down)) / 1000, language)),
  };
  const ledgerWords = { good: strip.ledgerGood, unchecked: strip.ledgerUnchecked, broken: strip.ledgerBroken };
  return (
    <header>
      <dl className="strip" aria-label={strip.label}>
        <Cell label={strip.station} value={status?.station ?? ""} />
        <OperatorCell label={strip.operator} named={operatorOf(status, strip.noOperator)} />
        <Cell label={strip.api} value={apiWords[api.word]} shape={api.shape} tone={api.tone} />
        <Cell
          label={strip.seats}
          value={
            status?.seatsLeft === null || status === null
              ? strip.seatsUnknown
              : formatNumber(status.seatsLeft, language)
          }
          {...(status?.seatsLeft === 0 ? { tone: "action", shape: "triangle" } : {})}
        />
        <Cell
          label={strip.ledger}
          value={`${formatNumber(status?.ledger.size ?? 0, language)} · ${ledgerWords[ledger.word]}`}
          shape={ledger.shape}
          tone={ledger.tone}
        />
        <div className="strip-flag" {...(status?.rehearsal === true ? { "data-on": true } : {})}>
          <dt className="unseen">{strip.rehearsal}</dt>
          <dd>{status?.rehearsal === true ? strip.rehearsal : ""}</dd>
        </div>
      </dl>
      {connected ? null : (
        <p className="lost" role="alert">
          {strip.lost}
        </p>
      )}
      <LedgerStrip />
      <LicenceStrip now={now} />
    </header>
  );
}

function Cell(props: {
  readonly label: string;
  readonly value: string;
  readonly shape?: Shape;
  readonly tone?: "quiet" | "done" | "action";
}) {
  const { label, value, shape, tone = "quiet" } = props;
  return (
    <div className="strip-cell" data-tone={tone}>
      <dt className="cut">{label}</dt>
      <dd title={value}>
        {shape === undefined ? null : <StateIcon shape={shape} size={14} />}
        <span className="cut">{value}</span>
      </dd>
    </div>
  );
}

function operatorOf(status: Status | null, nobody: string): string {
  return status === null || status.operator === "" ? nobody : status.operator;
}

function apiState(status: Status | null) {
  if (status?.api.reachable === true) return { word: "good", shape: "check", tone: "done" } as const;
  if (status?.api.reachable === false) return { word: "down", shape: "triangle", tone: "action" } as const;
  return { word: "unknown", shape: "outline", tone: "quiet" } as const;
}

function ledgerState(status: Status | null) {
  if (status?.ledger.health === "good") return { word: "good", shape: "check", tone: "done" } as const;
  if (status?.ledger.health === "broken") return { word: "broken", shape: "triangle", tone: "action" } as const;
  return { word: "unchecked", shape: "outline", tone: "quiet" } as const;
}
