import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../../client/hooks.ts";
import { FailureNote } from "../../../shell/failure-note.tsx";
import { useText } from "../../../text/use-text.ts";
import { Button } from "../../../ui/button.tsx";
import { Switch } from "../../../ui/choice.tsx";
import { Field } from "../../../ui/field.tsx";
import { Panel } from "../../../ui/panel.tsx";
import { blankPin, isCompletePin, NewPin } from "./new-pin.tsx";
import type { Operator } from "./operators-card.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** One account: its name, its role, whether it may be used, and a new PIN. */
export function ChangeOperatorPanel(props: {
  readonly operator: Operator;
  readonly onChanged: (operators: CallOutput<"operators.list">) => void;
  readonly onClose: () => void;
}) {
  const { operator, onChanged, onClose } = props;
  const { text } = useText();
  const words = text.people.operators;
  const change = useCommand();
  const renew = useCommand();
  const [name, setName] = useState(operator.name);
  const [role, setRole] = useState(operator.role);
  const [active, setActive] = useState(operator.active);
  const [pin, setPin] = useState(blankPin);
  const take = (operators: CallOutput<"operators.list"> | null) => {
    if (operators !== null) onChanged(operators);
  };
  const setNewPin = () => {
    const secret = pin.pin;
    setPin(blankPin);
    void renew.run("operators.set-pin", { id: operator.id, secret }).then(take);
  };
  return (
    <Panel title={words.change(operator.name)} closeLabel={text.shell.common.close} onClose={onClose}>
      <p className="code weak">{operator.badge}</p>
      {change.failure === null ? null : <FailureNote failure={change.failure} />}
      <Field label={words.name} value={name} onChange={setName} maxLength={128} />
      <RoleChoice value={role} onChange={setRole} />
      <Switch label={words.active} hint={words.activeHint} isOn={active} onChange={setActive} />
      <Button
        onPress={() =>
          void change.run("operators.change", { id: operator.id, name: name.trim(), role, active }).then(take)
        }
        isDisabled={name.trim() === "" || change.busy}
      >
        {words.save}
      </Button>
      <h3>{words.setPin}</h3>
      {renew.failure === null ? null : <FailureNote failure={renew.failure} />}
      <NewPin draft={pin} onChange={setPin} />
      <Button onPress={setNewPin} isDisabled={!isCompletePin(pin) || renew.busy}>
        {words.setPin}
      </Button>
      <div>
        <p className="small weak">{words.key}</p>
        <p className="code any-break">{operator.keySha256}</p>
      </div>
    </Panel>
  );
}
