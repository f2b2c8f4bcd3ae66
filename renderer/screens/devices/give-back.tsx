import { useState } from "react";
import { useCommand } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";

/** Ends a device's activation: asked twice, with the reason, since only a new seat brings it back. */
export function GiveBack(props: { readonly device: string }) {
  const { text } = useText();
  const words = text.devices.giveBack;
  const refusal = useRefusal("devices.deactivate");
  const command = useCommand();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const giveBack = () => {
    // An answer takes this away with the seat: the device's history then says so.
    void command
      .run("devices.deactivate", { fingerprintSha256: props.device, reason: reason.trim() })
      .then((done) => done !== null && setAsking(false));
  };
  if (!isAsking) {
    return (
      <div className="stack-tight">
        <Button kind="quiet" onPress={() => setAsking(true)} isDisabled={refusal !== null}>
          {words.open}
        </Button>
        {refusal === null ? null : <p className="hint">{refusal}</p>}
      </div>
    );
  }
  return (
    <section className="stack-tight" aria-label={words.open}>
      <p>{words.body}</p>
      <Field label={words.reason} value={reason} onChange={setReason} maxLength={512} autoFocus />
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <div className="line">
        <Button kind="danger" onPress={giveBack} isDisabled={command.busy || reason.trim() === ""}>
          {words.confirm}
        </Button>
        <Button onPress={() => setAsking(false)} isDisabled={command.busy}>
          {text.shell.common.cancel}
        </Button>
      </div>
    </section>
  );
}
