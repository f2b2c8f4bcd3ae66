import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { useCommand, useStation } from "../../client/hooks.ts";
import type { Settings } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Note } from "../../ui/note.tsx";

/** One of the station's keys: what it is compared by, and the way to replace it. */
export function KeyRow(props: { readonly use: keyof Settings["keyFingerprints"]; readonly fingerprint: string }) {
  const { use, fingerprint } = props;
  const { text } = useText();
  const { client, live } = useStation();
  const words = text.settings.keys;
  const command = useCommand();
  const refusal = useRefusal("keys.rotate");
  const [isAsking, setAsking] = useState(false);
  const [entry, setEntry] = useState<number | null>(null);
  const rotate = async () => {
    setAsking(false);
    setEntry(null);
    const rotated = await command.run("keys.rotate", { use });
    if (rotated === null) return;
    setEntry(rotated.entry);
    const now = await client.call("settings.get", {});
    if (now.ok) live.setSettings(now.value);
  };
  return (
    <li className="key-row">
      <div>
        <p className="small weak">{words[use]}</p>
        <p className="code strong any-break">{fingerprint}</p>
      </div>
      <Button
        onPress={() => setAsking(true)}
        isDisabled={fingerprint === "" || command.busy || refusal !== null}
        name={`${words.rotate}: ${words[use]}`}
      >
        <RefreshCw size={20} aria-hidden />
        {words.rotate}
      </Button>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {entry === null ? null : (
        <Note>
          <p>{words.rotated(entry)}</p>
        </Note>
      )}
      <Confirm
        isOpen={isAsking}
        title={words.rotateTitle(words[use])}
        body={words.rotateBody}
        confirm={words.rotate}
        cancel={text.shell.common.cancel}
        onConfirm={() => void rotate()}
        onCancel={() => setAsking(false)}
      />
    </li>
  );
}
