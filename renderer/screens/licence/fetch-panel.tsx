import { useState } from "react";
import { useCommand } from "../../client/hooks.ts";
import type { Licence } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type FetchDraft, FetchForm, isCompleteFetch } from "./fetch-form.tsx";

/** Fetches a first token, or a fresh one for the licence held now. */
export function FetchPanel(props: {
  readonly licence: Licence;
  readonly onTaken: (licence: Licence | null) => void;
  readonly onClose: () => void;
}) {
  const { licence, onTaken, onClose } = props;
  const { text } = useText();
  const words = text.licence.fetch;
  const command = useCommand();
  const [draft, setDraft] = useState<FetchDraft>({
    how: licence.form === null ? "register" : "refresh",
    issuer: "",
    email: licence.email ?? "",
  });
  return (
    <Panel title={words.title} closeLabel={text.shell.common.close} onClose={onClose}>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <FetchForm draft={draft} onChange={setDraft} />
      <Button
        onPress={() =>
          void command
            .run("licence.fetch", { ...draft, issuer: draft.issuer.trim(), email: draft.email.trim() })
            .then(onTaken)
        }
        isDisabled={!isCompleteFetch(draft) || command.busy}
      >
        {command.busy ? words.busy : words.go}
      </Button>
    </Panel>
  );
}
