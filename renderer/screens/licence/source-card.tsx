import { ClipboardPaste, CloudDownload, FileSearch, FileX, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Command } from "../../client/hooks.ts";
import type { Licence } from "../../model/live.ts";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";

/** Where the token comes from, and every way to another one. */
export function SourceCard(props: {
  readonly licence: Licence;
  readonly command: Command;
  readonly onTaken: (licence: Licence | null) => void;
  readonly onPaste: () => void;
  readonly onFetch: () => void;
}) {
  const { licence, command, onTaken, onPaste, onFetch } = props;
  const { text } = useText();
  const words = text.licence.source;
  const refusal = useRefusal("licence.paste");
  const [isRemoving, setRemoving] = useState(false);
  const run = (name: "licence.watch-file" | "licence.unwatch-file" | "licence.remove") =>
    void command.run(name, {}).then(onTaken);
  const isOff = command.busy || refusal !== null;
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p>{words.is[licence.source]}</p>
      </div>
      {licence.watchedFile === null ? null : (
        <div>
          <p className="small weak">{words.file}</p>
          <p className="code strong any-break">{licence.watchedFile}</p>
        </div>
      )}
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      <div className="line">
        <Button onPress={onPaste} isDisabled={isOff}>
          <ClipboardPaste size={20} aria-hidden />
          {words.paste}
        </Button>
        {licence.watchedFile === null ? (
          <Button onPress={() => run("licence.watch-file")} isDisabled={isOff}>
            <FileSearch size={20} aria-hidden />
            {words.watch}
          </Button>
        ) : (
          <Button onPress={() => run("licence.unwatch-file")} isDisabled={isOff}>
            <FileX size={20} aria-hidden />
            {words.unwatch}
          </Button>
        )}
        <Button onPress={onFetch} isDisabled={isOff}>
          <CloudDownload size={20} aria-hidden />
          {words.fetch}
        </Button>
        {licence.source === "none" || licence.source === "environment" ? null : (
          <Button kind="quiet" onPress={() => setRemoving(true)} isDisabled={isOff}>
            <Trash2 size={20} aria-hidden />
            {words.remove}
          </Button>
        )}
      </div>
      <Confirm
        isOpen={isRemoving}
        title={words.removeTitle}
        body={words.removeBody}
        confirm={words.remove}
        cancel={text.shell.common.cancel}
        onCancel={() => setRemoving(false)}
        onConfirm={() => {
          setRemoving(false);
          run("licence.remove");
        }}
      />
    </section>
  );
}
