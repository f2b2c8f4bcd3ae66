import { Pencil, Plus, UserRoundPlus } from "lucide-react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useNow } from "../../../shell/use-now.ts";
import { Instant } from "../../../shell/instant.tsx";
import { FailureNote } from "../../../shell/failure-note.tsx";
import type { Fetched } from "../../../client/hooks.ts";
import { useRefusal } from "../../../shell/use-refusal.ts";
import { useText } from "../../../text/use-text.ts";
import { Badge } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { Empty } from "../../../ui/empty.tsx";

export type Operator = CallOutput<"operators.list">[number];

/** Who may work here; the way to the first account while there is none. */
export function OperatorsCard(props: {
  readonly operators: Fetched<CallOutput<"operators.list">>;
  readonly onAdd: () => void;
  readonly onChange: (operator: Operator) => void;
}) {
  const { operators, onAdd, onChange } = props;
  const { text } = useText();
  const words = text.people.operators;
  const refusal = useRefusal("operators.add");
  const now = useNow();
  const rows = operators.value ?? [];
  return (
    <section className="card">
      <div className="section-head">
        <div>
          <h2>{words.title}</h2>
        </div>
        {rows.length === 0 ? null : (
          <Button onPress={onAdd} isDisabled={refusal !== null}>
            <Plus size={20} aria-hidden />
            {words.add}
          </Button>
        )}
      </div>
      {operators.failure === null ? null : <FailureNote failure={operators.failure} />}
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      {operators.value !== null && rows.length === 0 ? (
        <Empty icon={UserRoundPlus} title={words.setUp} body={words.none}>
          <Button onPress={onAdd}>{words.setUp}</Button>
        </Empty>
      ) : null}
      <ul className="people-list">
        {rows.map((operator) => {
          const isLocked = operator.lockedUntil !== null && Date.parse(operator.lockedUntil) > now;
          return (
            <li key={operator.id} {...(operator.active ? {} : { "data-off": true })}>
              <div>
                <p className="strong cut">{operator.name}</p>
                <p className="code weak cut">{operator.badge}</p>
              </div>
              <div>
                <p>{text.people.roles[operator.role]}</p>
                <p className="small weak">{text.people.roleWords[operator.role]}</p>
              </div>
              <div>
                {operator.active ? null : <Badge tone="held" shape="bars" word={words.inactive} />}
                {isLocked ? (
                  <p className="small">
                    {words.lockedUntil} <Instant at={operator.lockedUntil} />
                  </p>
                ) : null}
              </div>
              <Button
                kind="quiet"
                label={words.change(operator.name)}
                onPress={() => onChange(operator)}
                isDisabled={refusal !== null}
              >
                <Pencil size={20} aria-hidden />
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
