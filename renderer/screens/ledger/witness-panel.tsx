import { useState } from "react";
import { useCommand, useFetched } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Instant } from "../../shell/instant.tsx";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Field } from "../../ui/field.tsx";
import { Note } from "../../ui/note.tsx";
import { Panel } from "../../ui/panel.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";
import { ContradictionNote } from "./contradiction-note.tsx";
import { WitnessPolicy } from "./witness-policy.tsx";

/** What came back of this ledger, whether today's agrees with it, and who vouches for it. */
export function WitnessPanel(props: { readonly ledgerSize: number; readonly onClose: () => void }) {
  const { ledgerSize, onClose } = props;
  const { text } = useText();
  const words = text.witness;
  const found = useFetched("witness.list", {}, ledgerSize);
  const command = useCommand();
  const refusal = useRefusal("witness.add");
  const [pasted, setPasted] = useState("");
  const [said, setSaid] = useState<readonly string[]>([]);
  const view = found.value;
  const add = (note: string | null) => {
    setSaid([]);
    void command.run("witness.add", { note }).then((added) => {
      // What contradicts is refused, and is in the list from then on.
      if (added === null) return found.reload();
      found.set(added.view);
      setPasted("");
      const { size, witnesses, needed } = added;
      setSaid([
        words.taken(size),
        ...(witnesses.length === 0 ? [] : [words.vouched(witnesses.join(", "), witnesses.length, needed)]),
      ]);
    });
  };
  return (
    <Panel title={words.title} closeLabel={text.shell.common.close} onClose={onClose}>
      <p>{words.body}</p>
      {found.failure === null ? null : <FailureNote failure={found.failure} />}
      {view?.contradictions.map((one) => (
        <ContradictionNote key={one.entry} contradiction={one} />
      ))}
      {view?.contradictions.length === 0 ? (
        <div className="note" data-tone="done">
          <StateIcon shape="check" size={22} />
          <div className="note-body">
            <p>{words.noContradiction}</p>
          </div>
        </div>
      ) : null}
      <section className="stack-tight" aria-label={words.add}>
        <h3>{words.add}</h3>
        <Field
          label={words.paste}
          hint={words.pasteHint}
          value={pasted}
          onChange={setPasted}
          rows={4}
          isCode
          maxLength={131_072}
        />
        {refusal === null ? null : <p className="hint">{refusal}</p>}
        <div className="line">
          <Button onPress={() => add(pasted)} isDisabled={pasted.trim() === "" || command.busy || refusal !== null}>
            {words.take}
          </Button>
          <Button onPress={() => add(null)} isDisabled={command.busy || refusal !== null}>
            {words.choose}
          </Button>
        </div>
        {command.failure === null ? null : <FailureNote failure={command.failure} />}
        {said.length === 0 ? null : (
          <Note>
            {said.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </Note>
        )}
      </section>
      {view === null ? null : (
        <>
          <section className="stack-tight">
            <h3>{words.seen}</h3>
            {view.seen.length === 0 ? <p className="weak">{words.seenNone}</p> : null}
            <ul className="witness-list">
              {view.seen.map((one) => (
                <li key={one.entry}>
                  <span className="strong">{text.ledger.size(one.size)}</span>
                  <span className="weak">
                    <Instant at={one.at} />
                    {` · ${one.stick === null ? words.seenElse : words.seenOn(one.stick)}`}
                  </span>
                </li>
              ))}
            </ul>
          </section>
          {view.cosigned.length === 0 ? null : (
            <section className="stack-tight">
              <h3>{words.cosigned}</h3>
              <ul className="witness-list">
                {view.cosigned.map((one) => (
                  <li key={one.size}>
                    <span className="strong">{text.ledger.size(one.size)}</span>
                    <span className="weak">{words.by(one.witnesses.join(", "))}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <WitnessPolicy view={view} onChanged={found.set} />
          <section className="stack-tight">
            <h3>{words.ownKey}</h3>
            <p className="weak">{words.ownKeyBody}</p>
            <p className="code any-break">{view.ownKey}</p>
            <div className="line">
              <CopyButton text={() => view.ownKey} label={text.shell.common.copy} copied={text.shell.common.copied} />
            </div>
          </section>
        </>
      )}
    </Panel>
  );
}
