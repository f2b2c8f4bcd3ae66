import { Pause, ShieldCheck, Square, Usb } from "lucide-react";
import { useState } from "react";
import { useCommand, useFetched, useLive, useStation } from "../../client/hooks.ts";
import { isRunning } from "../../model/batch-figures.ts";
import { quotaLeft } from "../../model/licence-state.ts";
import type { Batch } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Instant } from "../../shell/instant.tsx";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import "./batch.css";
import { BatchTools } from "./batch-tools.tsx";
import { DevicePanel } from "./device-panel.tsx";
import { DeviceTable } from "./device-table.tsx";
import { ProofPanel } from "./proof-panel.tsx";
import { SessionPanel } from "./session-panel.tsx";
import { Summary } from "./summary.tsx";
import type { DeviceRow } from "./use-batch-rows.ts";
import { useBatchAction } from "./use-batch-action.ts";

/** One batch: the newest where the address names none. */
export function BatchScreen(props: { readonly batchId: string | null }) {
  const { batchId } = props;
  const { text } = useText();
  const running = useLive((state) => state.batches);
  const kept = useFetched("batch.list", { offset: 0, limit: 50 }, batchId);
  const known = merge(running ?? [], kept.value?.rows ?? []);
  const batch = batchId === null ? known[0] : known.find((each) => each.id === batchId);
  if (batch !== undefined) return <OneBatch key={batch.id} batch={batch} batches={known} />;
  const isWaiting = running === null || (kept.value === null && kept.failure === null);
  const words = text.batch;
  return (
    <Screen title={words.title} next={{ label: words.toStation, onPress: () => go({ screen: "station" }) }}>
      {isWaiting ? (
        <p className="waiting">{text.shell.common.loading}</p>
      ) : (
        <Empty
          icon={Usb}
          title={batchId === null ? words.none : words.gone}
          body={batchId === null ? words.noneBody : words.goneBody}
        />
      )}
    </Screen>
  );
}

type Aside = { readonly kind: "proof" | "session" } | { readonly kind: "device"; readonly row: DeviceRow };

function OneBatch(props: { readonly batch: Batch; readonly batches: readonly Batch[] }) {
  const { batch, batches } = props;
  const { text } = useText();
  const { live } = useStation();
  const words = text.batch;
  const command = useCommand();
  const next = useBatchAction(batch, command);
  const left = useQuotaWords();
  const [aside, setAside] = useState<Aside | null>(null);
  const close = () => setAside(null);
  const order = (name: "batch.pause" | "batch.stop") =>
    void command.run(name, { batch: batch.id }).then((now) => now !== null && live.putBatch(now));
  return (
    <Screen
      title={`${words.title} · ${batch.stickLabel}`}
      isFilled
      tools={<BatchTools batch={batch} batches={batches} onSession={() => setAside({ kind: "session" })} />}
      hint={
        <>
          <p>
            <span className="strong">{batch.product}</span>
            {batch.workOrder === null ? "" : ` · ${batch.workOrder}`}
            {batch.operator === null ? "" : ` · ${batch.operator}`}
            {batch.rehearsal ? ` · ${words.rehearsal}` : ""}
          </p>
          <p>
            {words.started} <Instant at={batch.startedAt} />
            {left === null ? "" : ` · ${left}`}
          </p>
        </>
      }
      secondary={
        <>
          {batch.phase === "working" ? (
            <Button onPress={() => order("batch.pause")} isDisabled={command.busy}>
              <Pause size={20} aria-hidden />
              {words.pause}
            </Button>
          ) : null}
          {isRunning(batch) && batch.phase !== "delivering" ? (
            <Button onPress={() => order("batch.stop")} isDisabled={command.busy}>
              <Square size={18} aria-hidden />
              {words.stop}
            </Button>
          ) : null}
          {batch.phase === "finished" || batch.phase === "stopped" ? (
            <Button onPress={() => setAside({ kind: "proof" })}>
              <ShieldCheck size={20} aria-hidden />
              {words.proof}
            </Button>
          ) : null}
        </>
      }
      next={next}
      panel={aside === null ? null : <AsidePanel aside={aside} batch={batch} onClose={close} />}
    >
      {batch.problem === null ? null : <FailureNote failure={batch.problem} />}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <Summary batch={batch} />
      <DeviceTable batch={batch} onOpen={(row) => setAside({ kind: "device", row })} />
    </Screen>
  );
}

function AsidePanel(props: { readonly aside: Aside; readonly batch: Batch; readonly onClose: () => void }) {
  const { aside, batch, onClose } = props;
  switch (aside.kind) {
    case "proof":
      return <ProofPanel batchId={batch.id} onClose={onClose} />;
    case "session":
      return <SessionPanel onClose={onClose} />;
    case "device":
      return <DevicePanel row={aside.row} onClose={onClose} />;
  }
}

/** What the station's own licence has left, where it sets a limit. */
function useQuotaWords(): string | null {
  const { text } = useText();
  const licence = useLive((state) => state.licence);
  const left = licence === null ? null : quotaLeft(licence);
  return left === null || licence?.quota.limit == null ? null : text.batch.quotaLeft(left, licence.quota.limit);
}

/** Live batches win over kept ones; newest first. */
function merge(live: readonly Batch[], kept: readonly Batch[]): readonly Batch[] {
  const ids = new Set(live.map((batch) => batch.id));
  const all = [...live, ...kept.filter((batch) => !ids.has(batch.id))];
  return all.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}
