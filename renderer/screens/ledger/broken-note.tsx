import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";

const mostShown = 20;

/** Why the station only reads, what still works, and what to do. */
export function BrokenNote(props: { readonly problems: readonly string[] }) {
  const { text } = useText();
  const words = text.ledger.readOnly;
  const [what, means, next] = text.messages.LEDGER_BROKEN;
  return (
    <Note tone="action">
      <p className="strong">{what}</p>
      <p>{means}</p>
      <p>{words.still}</p>
      <p className="note-next">{next}</p>
      <ul lang="en">
        {props.problems.slice(0, mostShown).map((problem) => (
          <li key={problem} className="code small">
            {problem}
          </li>
        ))}
      </ul>
    </Note>
  );
}
