import { useState } from "react";
import { useCommand } from "../../client/hooks.ts";
import type { Licence } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TokenField } from "../../ui/token-field.tsx";

/** Takes a token; the field is empty again before it was judged. */
export function PastePanel(props: {
  readonly onTaken: (licence: Licence | null) => void;
  readonly onClose: () => void;
}) {
  const { onTaken, onClose } = props;
  const { text } = useText();
  const words = text.licence.paste;
  const command = useCommand();
  const [secret, setSecret] = useState("");
  const paste = () => {
    if (secret.trim() === "") return;
    setSecret("");
    void command.run("licence.paste", { secret: secret.trim() }).then(onTaken);
  };
  return (
    <Panel title={words.title} closeLabel={text.shell.common.close} onClose={onClose}>
      <p>{words.body}</p>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <TokenField label={words.token} value={secret} onChange={setSecret} onEnter={paste} hint={words.tokenHint} />
      <Button onPress={paste} isDisabled={secret.trim() === "" || command.busy}>
        {command.busy ? words.busy : words.save}
      </Button>
    </Panel>
  );
}
