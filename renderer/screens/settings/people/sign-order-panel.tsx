import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../../client/hooks.ts";
import { dayEnd, dayStart } from "../../../model/day.ts";
import { readWhole } from "../../../model/read-whole.ts";
import { FailureNote } from "../../../shell/failure-note.tsx";
import { useText } from "../../../text/use-text.ts";
import { Button } from "../../../ui/button.tsx";
import { Field } from "../../../ui/field.tsx";
import { Panel } from "../../../ui/panel.tsx";

/** A work order: what, how many, how long, and when; signed by whoever is signed in. */
export function SignOrderPanel(props: {
  readonly today: string;
  readonly onSigned: (orders: CallOutput<"allotments.list">) => void;
  readonly onClose: () => void;
}) {
  const { today, onSigned, onClose } = props;
  const { text } = useText();
  const words = text.people.allotments;
  const command = useCommand();
  const [draft, setDraft] = useState({ workOrder: "", product: "", count: "", ttl: "", from: today, to: "" });
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
  const count = readWhole(draft.count, 1, 1_000_000);
  const maxTtlDays = readWhole(draft.ttl, 1, 3650);
  const from = dayStart(draft.from);
  const to = dayEnd(draft.to);
  const isBackwards = from !== null && to !== null && to <= from;
  const workOrder = draft.workOrder.trim();
  const product = draft.product.trim();
  const wrong = (value: string, isGood: boolean, word: string) => (value === "" || isGood ? null : word);
  const sign = () => {
    if (count === null || maxTtlDays === null || from === null || to === null) return;
    void command
      .run("allotments.sign", { workOrder, product, count, maxTtlDays, from, to })
      .then((orders) => orders !== null && onSigned(orders));
  };
  return (
    <Panel title={words.sign} closeLabel={text.shell.common.close} onClose={onClose}>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <Field
        label={words.order}
        value={draft.workOrder}
        onChange={(v) => set({ workOrder: v })}
        maxLength={128}
        autoFocus
      />
      <Field label={words.product} value={draft.product} onChange={(v) => set({ product: v })} maxLength={100} isCode />
      <Field
        label={words.count}
        value={draft.count}
        onChange={(v) => set({ count: v })}
        error={wrong(draft.count, count !== null, words.countWrong)}
        inputMode="numeric"
      />
      <Field
        label={words.ttl}
        value={draft.ttl}
        onChange={(v) => set({ ttl: v })}
        error={wrong(draft.ttl, maxTtlDays !== null, words.ttlWrong)}
        inputMode="numeric"
      />
      <Field
        label={words.from}
        value={draft.from}
        onChange={(v) => set({ from: v })}
        error={wrong(draft.from, from !== null, words.dayWrong)}
        isCode
      />
      <Field
        label={words.to}
        value={draft.to}
        onChange={(v) => set({ to: v })}
        error={isBackwards ? words.orderWrong : wrong(draft.to, to !== null, words.dayWrong)}
        isCode
      />
      <Button
        onPress={sign}
        isDisabled={
          workOrder === "" ||
          product === "" ||
          count === null ||
          maxTtlDays === null ||
          from === null ||
          to === null ||
          isBackwards ||
          command.busy
        }
      >
        {words.next}
      </Button>
    </Panel>
  );
}
