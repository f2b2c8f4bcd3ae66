import { useLive } from "../../client/hooks.ts";
import { isoMinute } from "../../model/format.ts";
import { useText } from "../../text/use-text.ts";
import { Progress } from "../../ui/progress.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";

/** How the last verification went, or how far this one is. */
export function VerifyNote() {
  const verification = useLive((state) => state.verification);
  const { text } = useText();
  const words = text.ledger;
  if (verification === null || (!verification.running && verification.ok === null)) return null;
  if (verification.running) {
    const { done, total } = verification;
    return (
      <Progress label={words.verifying} value={total === 0 ? 0 : done / total} text={words.progress(done, total)} />
    );
  }
  // What was found wrong is told by the note on the broken ledger.
  if (verification.ok !== true) return null;
  return (
    <div className="note" data-tone="done" role="status">
      <StateIcon shape="check" size={22} />
      <div className="note-body">
        <p className="strong">{words.good}</p>
        <p>{words.goodBody(verification.total, isoMinute(verification.finishedAt ?? ""))}</p>
      </div>
    </div>
  );
}
