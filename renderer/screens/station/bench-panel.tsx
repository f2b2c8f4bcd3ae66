import { useState } from "react";
import { useCommand, useStation } from "../../client/hooks.ts";
import type { BenchView } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Switch } from "../../ui/choice.tsx";
import { Field } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ElsewhereList, OwedList } from "./bench-lists.tsx";

/** Beside the tiles while the station is not armed: arm it, teach its slots, see which drives are refused. */
export function BenchPanel(props: {
  readonly bench: BenchView;
  /** Slots on the screen. */
  readonly places: number;
  /** The slot that is chosen among the tiles; null: none. */
  readonly chosen: number | null;
  readonly workOrder: string;
  readonly isJobSet: boolean;
  readonly onClose: () => void;
}) {
  const { bench, places, chosen, isJobSet, onClose } = props;
  const { text } = useText();
  const { live } = useStation();
  const command = useCommand();
  // The job's own until somebody types another; it may come later than this panel.
  const [typed, setTyped] = useState<string | null>(null);
  const workOrder = typed ?? props.workOrder;
  const [count, setCount] = useState("");
  const [renewals, setRenewals] = useState(false);
  const devices = /^[1-9][0-9]{0,5}$|^1000000$/.test(count) ? Number(count) : null;
  const taught = bench.slots.length;
  const take = (now: BenchView | null) => now !== null && live.setBench(now);
  const arm = () =>
    devices !== null &&
    void command.run("bench.arm", { workOrder: workOrder.trim(), count: devices, renewals }).then(take);
  const teach = (slots: readonly number[]) => void command.run("slots.teach", { slots: [...slots] }).then(take);
  const isChosenTaught = bench.slots.some(({ slot }) => slot === chosen);
  const all = Array.from({ length: places }, (_, index) => index + 1);
  return (
    <Panel title={text.bench.title} closeLabel={text.shell.common.close} onClose={onClose}>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {taught === 0 ? null : (
        <section className="stack-tight">
          <p>{text.bench.armHint}</p>
          <Field label={text.bench.workOrder} value={workOrder} onChange={setTyped} maxLength={128} />
          <Field
            label={text.bench.count}
            value={count}
            onChange={setCount}
            inputMode="numeric"
            maxLength={7}
            error={count === "" || devices !== null ? null : text.bench.countError}
          />
          <Switch label={text.bench.renewals} isOn={renewals} onChange={setRenewals} />
          <Button onPress={arm} isDisabled={command.busy || devices === null || workOrder.trim() === "" || !isJobSet}>
            {text.bench.arm}
          </Button>
          {isJobSet ? null : <p className="weak">{text.station.hint.noJob}</p>}
        </section>
      )}
      <section className="stack-tight">
        <h3>{text.bench.slots}</h3>
        <p className="weak">{taught === 0 ? text.bench.noSlots : text.bench.taughtSlots(taught)}</p>
        <Button onPress={() => teach(all)} isDisabled={command.busy}>
          {text.bench.teach(places)}
        </Button>
        {chosen === null || taught === 0 ? null : (
          <div className="bench-one">
            <Button onPress={() => teach([chosen])} isDisabled={command.busy}>
              {isChosenTaught ? text.bench.teachOneAgain(chosen) : text.bench.teachOne(chosen)}
            </Button>
            {isChosenTaught ? (
              <Button
                onPress={() => void command.run("slots.forget", { slot: chosen }).then(take)}
                isDisabled={command.busy}
              >
                {text.bench.forget(chosen)}
              </Button>
            ) : null}
          </div>
        )}
      </section>
      <OwedList bench={bench} command={command} />
      <ElsewhereList drives={bench.elsewhere.filter(({ refusal }) => refusal !== null)} command={command} />
    </Panel>
  );
}
