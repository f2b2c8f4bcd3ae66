import { useCommand, useStation } from "../../client/hooks.ts";
import type { Settings } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";

export function RehearsalCard(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text } = useText();
  const { live } = useStation();
  const words = text.settings.rehearsal;
  const command = useCommand();
  const change = () =>
    void command
      .run(settings.rehearsal ? "rehearsal.end" : "rehearsal.begin", {})
      .then((now) => now !== null && live.setSettings(now));
  return (
    <section className="card">
      <div>
        <h2>{text.settings.sections.rehearsal}</h2>
        <p className="weak">{words.body}</p>
      </div>
      <p className="strong">{settings.rehearsal ? words.on : words.off}</p>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <div className="line">
        <Button onPress={change} isDisabled={command.busy}>
          {settings.rehearsal ? words.end : words.begin}
        </Button>
        <Button kind="quiet" onPress={() => go({ screen: "first-run" })}>
          {words.setUp}
        </Button>
      </div>
    </section>
  );
}
