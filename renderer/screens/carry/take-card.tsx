import { FileSearch } from "lucide-react";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import type { Command } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Chips } from "../../ui/chips.tsx";
import { TokenField } from "../../ui/token-field.tsx";
import { type FetchDraft, FetchForm, isCompleteFetch } from "../licence/fetch-form.tsx";

type Way = "paste" | "file" | "fetch";

/** How the licence comes in. The token is handed over and forgotten; the engine keeps the one looked at last. */
export function TakeCard(props: {
  readonly command: Command;
  readonly onFound: (found: CallOutput<"carry.inspect">) => void;
}) {
  const { command, onFound } = props;
  const { text } = useText();
  const words = text.carry;
  const [way, setWay] = useState<Way>("paste");
  const [secret, setSecret] = useState("");
  const [draft, setDraft] = useState<FetchDraft>({ how: "register", issuer: "", email: "" });
  const inspect = (token: string | null) => {
    setSecret("");
    void command.run("carry.inspect", { secret: token }).then(onFound);
  };
  const paste = () => {
    if (secret.trim() !== "") inspect(secret.trim());
  };
  return (
    <section className="card">
      <h2>{words.step.licence}</h2>
      <Chips
        label={words.ways}
        value={way}
        onChange={(next) => {
          setWay(next);
          command.clear();
        }}
        options={[
          { id: "paste", label: words.paste },
          { id: "file", label: words.file },
          { id: "fetch", label: words.fetch },
        ]}
      />
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {way === "paste" ? (
        <>
          <TokenField label={words.token} value={secret} onChange={setSecret} onEnter={paste} hint={words.tokenHint} />
          <Button onPress={paste} isDisabled={secret.trim() === "" || command.busy}>
            {command.busy ? words.inspecting : words.inspect}
          </Button>
        </>
      ) : null}
      {way === "file" ? (
        <Button onPress={() => inspect(null)} isDisabled={command.busy}>
          <FileSearch size={20} aria-hidden />
          {command.busy ? words.inspecting : words.choose}
        </Button>
      ) : null}
      {way === "fetch" ? (
        <>
          <FetchForm draft={draft} onChange={setDraft} />
          <Button
            onPress={() =>
              void command
                .run("carry.fetch", { ...draft, issuer: draft.issuer.trim(), email: draft.email.trim() })
                .then(onFound)
            }
            isDisabled={!isCompleteFetch(draft) || command.busy}
          >
            {command.busy ? text.licence.fetch.busy : text.licence.fetch.go}
          </Button>
        </>
      ) : null}
    </section>
  );
}
