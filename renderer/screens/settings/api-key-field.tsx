import { useState } from "react";
import { useCommand, useStation } from "../../client/hooks.ts";
import type { Settings } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";

/** The API key goes in and never comes out again; the field is empty as soon as it was handed over. */
export function ApiKeyField(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text } = useText();
  const { live } = useStation();
  const words = text.settings.connection;
  const command = useCommand();
  const [secret, setSecret] = useState("");
  const store = () => {
    if (secret.trim() === "") return;
    setSecret("");
    void command
      .run("settings.set-api-key", { secret: secret.trim() })
      .then((now) => now !== null && live.setSettings(now));
  };
  return (
    <div className="stack-tight">
      <Field
        label={words.apiKey}
        value={secret}
        onChange={setSecret}
        onEnter={store}
        isSecret
        isCode
        maxLength={4096}
        hint={settings.apiKeySet ? words.apiKeySet : words.apiKeyUnset}
      />
      {secret === "" ? null : (
        <div className="line">
          <Button onPress={store} isDisabled={command.busy}>
            {words.saveKey}
          </Button>
        </div>
      )}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
    </div>
  );
}
