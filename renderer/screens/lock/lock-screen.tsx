import { LockKeyhole } from "lucide-react";
import { useState } from "react";
import { useCommand, useStation } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";
import { Field } from "../../ui/field.tsx";
import "./lock.css";

const shortest = 8;

/** Asks for the passphrase that seals the keys, or for a new one; it is forgotten as soon as it was handed over. */
export function LockScreen(props: { readonly isNew: boolean }) {
  const { isNew } = props;
  const { text } = useText();
  const { live } = useStation();
  const words = text.lock;
  const command = useCommand();
  const [secret, setSecret] = useState("");
  const [again, setAgain] = useState("");
  const isShort = isNew && [...secret].length < shortest;
  const isComplete = secret !== "" && !isShort && (!isNew || secret === again);
  const open = () => {
    if (!isComplete) return;
    setSecret("");
    setAgain("");
    void command.run("lock.open", { secret }).then((state) => state !== null && live.unlocked());
  };
  return (
    <Screen
      title={isNew ? words.newTitle : words.title}
      next={{
        label: command.busy ? words.opening : isNew ? words.seal : words.open,
        isDisabled: !isComplete || command.busy,
        onPress: open,
      }}
    >
      <div className="lock">
        <LockKeyhole size={48} strokeWidth={1.5} aria-hidden />
        <p>{isNew ? words.newBody : words.body}</p>
        {command.failure === null ? null : <FailureNote failure={command.failure} />}
        <Field
          label={words.field}
          value={secret}
          onChange={setSecret}
          {...(isNew ? {} : { onEnter: open })}
          isSecret
          autoFocus
          maxLength={1024}
          {...(isNew ? { hint: words.hint } : {})}
          error={isNew && secret !== "" && isShort ? words.tooShort : null}
        />
        {isNew ? (
          <Field
            label={words.again}
            value={again}
            onChange={setAgain}
            onEnter={open}
            isSecret
            maxLength={1024}
            error={again !== "" && again !== secret ? words.differs : null}
          />
        ) : null}
      </div>
    </Screen>
  );
}
