import { useState } from "react";
import { useCommand } from "../../client/hooks.ts";
import type { Stick } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { useFailureWords } from "../../shell/failure-note.tsx";
import { Button } from "../../ui/button.tsx";

/** Lets go of a drive that nobody works on; says how that went beside itself. */
export function EjectButton(props: { readonly stick: Stick }) {
  const { stick } = props;
  const { text } = useText();
  const command = useCommand();
  const failureWords = useFailureWords();
  const [said, setSaid] = useState<string | null>(null);
  const isAtWork = stick.state === "activating" || stick.state === "writing" || stick.state === "verifying";
  if (stick.kind !== "drive" || isAtWork) return null;
  const eject = () =>
    void command
      .run("sticks.eject", { stickId: stick.id })
      .then((answer) => setSaid(answer === null ? null : text.bench.ejected[answer.how]));
  return (
    <>
      <span role="status" {...(command.failure === null ? {} : { title: command.failure.message })}>
        {command.failure === null ? said : failureWords(command.failure.code)}
      </span>
      <Button onPress={eject} isDisabled={command.busy}>
        {text.bench.eject}
      </Button>
    </>
  );
}
