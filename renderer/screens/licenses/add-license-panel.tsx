import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { blankLicense, isCompleteLicense, LicenseForm } from "./license-form.tsx";

export function AddLicensePanel(props: {
  readonly known: CallOutput<"licenses.list">;
  readonly onAdded: (licenses: CallOutput<"licenses.list">) => void;
  readonly onClose: () => void;
}) {
  const { known, onAdded, onClose } = props;
  const { text } = useText();
  const command = useCommand();
  const [draft, setDraft] = useState({ ...blankLicense, product: known[0]?.product ?? "" });
  const add = () => {
    const { secret } = draft;
    setDraft({ ...draft, secret: "" });
    void command
      .run("licenses.add", { ...draft, secret: secret.trim() })
      .then((licenses) => licenses !== null && onAdded(licenses));
  };
  return (
    <Panel title={text.licenses.keys.add} closeLabel={text.shell.common.close} onClose={onClose}>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <LicenseForm draft={draft} onChange={setDraft} autoFocus />
      <Button onPress={add} isDisabled={!isCompleteLicense(draft) || command.busy}>
        {text.shell.common.save}
      </Button>
    </Panel>
  );
}
