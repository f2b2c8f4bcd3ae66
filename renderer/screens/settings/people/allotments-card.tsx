import { FileSignature } from "lucide-react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import type { Fetched } from "../../../client/hooks.ts";
import { isoDay } from "../../../model/format.ts";
import { FailureNote } from "../../../shell/failure-note.tsx";
import { useRefusal } from "../../../shell/use-refusal.ts";
import { useText } from "../../../text/use-text.ts";
import { Button } from "../../../ui/button.tsx";

/** Work orders with what is left of each. */
export function AllotmentsCard(props: {
  readonly allotments: Fetched<CallOutput<"allotments.list">>;
  readonly onSign: () => void;
}) {
  const { allotments, onSign } = props;
  const { text } = useText();
  const words = text.people.allotments;
  const refusal = useRefusal("allotments.sign");
  const rows = allotments.value ?? [];
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p className="weak">{rows.length === 0 ? words.none : words.body}</p>
      </div>
      {allotments.failure === null ? null : <FailureNote failure={allotments.failure} />}
      <ul className="people-list people-list-narrow">
        {rows.map((order) => {
          const left = Math.max(0, order.count - order.used);
          return (
            <li key={order.id}>
              <div>
                <p className="strong">
                  {order.workOrder} · {order.product}
                </p>
                <p className="small weak">
                  {words.window(isoDay(order.from), lastDay(order.to))}, {words.ttlWords(order.maxTtlDays)},{" "}
                  {words.by(order.signedBy)}
                </p>
              </div>
              <p className="strong nowrap">{words.left(left, order.count)}</p>
            </li>
          );
        })}
      </ul>
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      <div className="line">
        <Button onPress={onSign} isDisabled={refusal !== null}>
          <FileSignature size={20} aria-hidden />
          {words.sign}
        </Button>
      </div>
    </section>
  );
}

/** The window ends where a day begins; people name the day before. */
function lastDay(to: string): string {
  const end = Date.parse(to);
  return Number.isNaN(end) ? to : isoDay(new Date(end - 1).toISOString());
}
