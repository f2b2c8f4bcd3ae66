import { useState } from "react";
import { useCommand } from "../../client/hooks.ts";
import type { Settings } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { KeyRow } from "./key-row.tsx";

export function KeysCard(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text } = useText();
  const words = text.settings.keys;
  const command = useCommand();
  const [exported, setExported] = useState<string | null>(null);
  const exportKeys = () =>
    void command.run("keys.export", {}).then((result) => {
      if (result === null) return;
      setExported(result.folder === null ? words.exportedHere : words.exported(result.folder));
    });
  const refusal = useRefusal("keys.rotate");
  const fingerprints = settings.keyFingerprints;
  return (
    <section className="card">
      <div>
        <h2>{text.settings.sections.keys}</h2>
        <p className="weak">{words.body}</p>
      </div>
      <ul className="key-list">
        {(["ledger", "manifest", "minisign"] as const).map((use) => (
          <KeyRow key={use} use={use} fingerprint={fingerprints[use]} />
        ))}
      </ul>
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      <div>
        <h3>{words.custody}</h3>
        {settings.custody === "account" ? (
          <Note tone="held">
            <p>{words.custodies.account}</p>
          </Note>
        ) : (
          <p>{words.custodies[settings.custody]}</p>
        )}
      </div>
      <div className="line">
        <Button onPress={exportKeys} isDisabled={command.busy}>
          {words.export}
        </Button>
      </div>
      {exported === null ? null : (
        <Note>
          <p>{exported}</p>
        </Note>
      )}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
    </section>
  );
}
