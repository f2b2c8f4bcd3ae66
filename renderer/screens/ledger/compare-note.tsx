import type { Comparison } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";
import { Progress } from "../../ui/progress.tsx";

/** How far the comparison with the server is, or why the newest one found nothing. */
export function CompareNote(props: { readonly comparison: Comparison | null }) {
  const { text } = useText();
  const words = text.answers;
  if (props.comparison === null) return null;
  const { running, done, total, ended, problem } = props.comparison;
  if (running) {
    const said = total === 0 ? words.asking : words.comparedSoFar(done, total);
    return <Progress label={words.comparing} value={total === 0 ? 0 : done / total} text={said} />;
  }
  if (ended === "stopped") {
    return (
      <Note>
        <p className="strong">{words.compareStopped(done, total)}</p>
        <p>{words.compareStoppedBody}</p>
      </Note>
    );
  }
  return problem === null ? null : <FailureNote failure={problem} />;
}
