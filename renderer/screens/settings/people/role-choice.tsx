import { roles } from "#shared/domain/operator.ts";
import { useText } from "../../../text/use-text.ts";
import { Choice } from "../../../ui/choice.tsx";
import type { Operator } from "./operators-card.tsx";

export function RoleChoice(props: {
  readonly value: Operator["role"];
  readonly onChange: (role: Operator["role"]) => void;
}) {
  const { text } = useText();
  return (
    <Choice
      label={text.people.operators.role}
      look="cards"
      value={props.value}
      onChange={props.onChange}
      options={roles.map((id) => ({ id, label: text.people.roles[id], hint: text.people.roleWords[id] }))}
    />
  );
}
