import { longestGraceDays, longestTtlDays } from "#shared/domain/policy.ts";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../client/hooks.ts";
import { readWhole } from "../../model/read-whole.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";

/** A policy of one's own: never infinite, and its cost in words while it is chosen. */
export function PolicyPanel(props: {
  readonly policy: CallOutput<"policies.list">[number] | null;
  readonly onSaved: (policies: CallOutput<"policies.list">) => void;
  readonly onClose: () => void;
}) {
  const { policy, onSaved, onClose } = props;
  const { text } = useText();
  const words = text.licenses.policies;
  const command = useCommand();
  const [label, setLabel] = useState(policy?.label ?? "");
  const [ttl, setTtl] = useState(String(policy?.ttlDays ?? 90));
  const [grace, setGrace] = useState(String(policy?.graceDays ?? 7));
  const ttlDays = readWhole(ttl, 1, longestTtlDays);
  const graceDays = readWhole(grace, 0, longestGraceDays);
  const save = () => {
    if (ttlDays === null || graceDays === null) return;
    void command
      .run("policies.save", { id: policy?.id ?? null, label: label.trim(), ttlDays, graceDays })
      .then((now) => now !== null && onSaved(now));
  };
  return (
    <Panel title={policy?.label ?? words.add} closeLabel={text.shell.common.close} onClose={onClose}>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <Field label={words.label} value={label} onChange={setLabel} maxLength={128} autoFocus />
      <Field
        label={words.ttl}
        value={ttl}
        onChange={setTtl}
        inputMode="numeric"
        hint={words.ttlHint}
        error={ttlDays === null ? words.ttlWrong : null}
      />
      <Field
        label={words.grace}
        value={grace}
        onChange={setGrace}
        inputMode="numeric"
        hint={words.graceHint}
        error={graceDays === null ? words.graceWrong : null}
      />
      {ttlDays === null || graceDays === null ? null : <p>{words.ownWords(ttlDays, graceDays)}</p>}
      <Button onPress={save} isDisabled={label.trim() === "" || ttlDays === null || graceDays === null || command.busy}>
        {text.shell.common.save}
      </Button>
    </Panel>
  );
}
