import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import { shortFingerprint } from "../../model/format.ts";
import { useText } from "../../text/use-text.ts";
import { Choice } from "../../ui/choice.tsx";

type OnConflict = CallInput<"batch.start">["onConflict"];

/** Requests that contradict each other, and the decision that only a person may take. */
export function Conflicts(props: {
  readonly conflicts: CallOutput<"batch.preflight">["conflicts"];
  readonly value: OnConflict;
  readonly onChange: (value: OnConflict) => void;
}) {
  const { conflicts, value, onChange } = props;
  const { text } = useText();
  const words = text.check.onConflict;
  const sentence = ({ kind, subject, values }: (typeof conflicts)[number]) =>
    text.check.conflictKinds[kind](kind === "one-name" ? subject : values.join(", "));
  return (
    <section className="card" data-tone="held">
      <h2>{text.check.conflictsTitle}</h2>
      <ul className="conflict-list">
        {conflicts.map((conflict) => (
          <li key={`${conflict.kind} ${conflict.subject}`}>
            <p className="strong">{sentence(conflict)}</p>
            <p className="small weak code">
              {conflict.kind === "one-name" ? conflict.values.map(shortFingerprint).join(", ") : null}{" "}
              {conflict.paths.join(", ")}
            </p>
          </li>
        ))}
      </ul>
      <Choice
        label={words.label}
        look="cards"
        value={value}
        onChange={onChange}
        options={[
          { id: "refuse", label: words.refuse, hint: words.refuseHint },
          { id: "skip", label: words.skip, hint: words.skipHint },
          { id: "accept", label: words.accept, hint: words.acceptHint },
        ]}
      />
    </section>
  );
}
