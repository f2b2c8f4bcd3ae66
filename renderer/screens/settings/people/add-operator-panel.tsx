import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../../client/hooks.ts";
import { FailureNote } from "../../../shell/failure-note.tsx";
import { useText } from "../../../text/use-text.ts";
import { Button } from "../../../ui/button.tsx";
import { Field } from "../../../ui/field.tsx";
import { Panel } from "../../../ui/panel.tsx";
import { blankPin, isCompletePin, NewPin } from "./new-pin.tsx";
import type { Operator } from "./operators-card.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** A new account; the first one is the administrator, whatever else is said. */
export function AddOperatorPanel(props: {
  readonly isFirst: boolean;
  readonly onAdded: (operators: CallOutput<"operators.list">) => void;
  readonly onClose: () => void;
}) {
  const { isFirst, onAdded, onClose } = props;
  const { text } = useText();
  const words = text.people.operators;
  const command = useCommand();
  const [badge, setBadge] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Operator["role"]>(isFirst ? "administrator" : "operator");
  const [pin, setPin] = useState(blankPin);
  const add = () => {
    const secret = pin.pin;
    setPin(blankPin);
    void command
      .run("operators.add", { badge: badge.trim(), name: name.trim(), role, secret })
      .then((operators) => operators !== null && onAdded(operators));
  };
  return (
    <Panel title={isFirst ? words.setUpTitle : words.add} closeLabel={text.shell.common.close} onClose={onClose}>
      {isFirst ? <p>{words.setUpBody}</p> : null}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <Field
        label={text.people.badge}
        value={badge}
        onChange={setBadge}
        hint={text.people.badgeHint}
        maxLength={64}
        isCode
        autoFocus
      />
      <Field label={words.name} value={name} onChange={setName} maxLength={128} />
      {isFirst ? null : <RoleChoice value={role} onChange={setRole} />}
      <NewPin draft={pin} onChange={setPin} />
      <Button
        onPress={add}
        isDisabled={badge.trim() === "" || name.trim() === "" || !isCompletePin(pin) || command.busy}
      >
        {words.create}
      </Button>
    </Panel>
  );
}
