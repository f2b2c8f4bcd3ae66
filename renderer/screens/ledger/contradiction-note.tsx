import { FileDown } from "lucide-react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { isoMinute } from "../../model/format.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { saveFile } from "../../ui/save-file.ts";

/** Proof that the ledger was replaced: both signed notes, each to be saved. */
export function ContradictionNote(props: {
  readonly contradiction: CallOutput<"witness.list">["contradictions"][number];
}) {
  const { entry, at, size, reason, checkpoint, ownCheckpoint } = props.contradiction;
  const { text } = useText();
  const words = text.witness;
  return (
    <Note tone="action">
      <p className="strong">{words.contradicted}</p>
      <p>{words.contradictedBody(size, isoMinute(at))}</p>
      <p>{words.reasons[reason]}</p>
      <p className="note-next">{words.contradictedNext}</p>
      <div className="line">
        <Button onPress={() => saveFile(`contradiction-${entry}-came-back.note`, checkpoint)}>
          <FileDown size={20} aria-hidden />
          {words.saveTheirs}
        </Button>
        {ownCheckpoint === null ? null : (
          <Button onPress={() => saveFile(`contradiction-${entry}-ledger.note`, ownCheckpoint)}>
            <FileDown size={20} aria-hidden />
            {words.saveOurs}
          </Button>
        )}
      </div>
    </Note>
  );
}
