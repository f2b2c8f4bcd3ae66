import { useState } from "react";
import type { Command } from "../../client/hooks.ts";
import type { Slot } from "../../model/slots.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Panel } from "../../ui/panel.tsx";

/** Beside the tiles while the chosen one needs somebody: what happened, and every way on. */
export function ProblemPanel(props: { readonly slot: Slot; readonly command: Command; readonly onClose: () => void }) {
  const { slot, command, onClose } = props;
  const { text } = useText();
  const [isAsking, setAsking] = useState(false);
  const stick = slot.stick;
  if (stick === null) return null;
  const goOn = (answer: { readonly acceptSigningKey?: boolean; readonly giveUp?: boolean }) =>
    void command.run("batch.continue", { stickId: stick.id, acceptSigningKey: false, giveUp: false, ...answer });
  return (
    <Panel title={text.station.problemTitle(slot.number)} closeLabel={text.shell.common.close} onClose={onClose}>
      {stick.problem === null ? null : <FailureNote failure={stick.problem} />}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {stick.unfinished ? (
        <div className="stack-tight">
          {stick.problem?.code === "SIGNING_KEY_CHANGED" ? (
            <Button onPress={() => goOn({ acceptSigningKey: true })} isDisabled={command.busy}>
              {text.station.acceptKey}
            </Button>
          ) : null}
          <Button kind="danger" onPress={() => setAsking(true)} isDisabled={command.busy}>
            {text.station.giveUp}
          </Button>
        </div>
      ) : null}
      <Confirm
        isOpen={isAsking}
        title={text.station.giveUpTitle}
        body={text.station.giveUpBody}
        confirm={text.station.giveUp}
        cancel={text.station.keepWaiting}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          goOn({ giveUp: true });
        }}
      />
    </Panel>
  );
}
