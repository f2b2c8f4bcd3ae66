import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../client/hooks.ts";
import { readWhole } from "../../model/read-whole.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";

type View = CallOutput<"witness.list">;

/** How many of which witnesses must vouch for this ledger's checkpoints. */
export function WitnessPolicy(props: { readonly view: View; readonly onChanged: (view: View) => void }) {
  const { view, onChanged } = props;
  const { text } = useText();
  const words = text.witness;
  const command = useCommand();
  const refusal = useRefusal("witness.policy");
  const [form, setForm] = useState<{ readonly needed: string; readonly keys: string } | null>(null);
  const { needed, keys } = view.policy;
  const open = () => setForm({ needed: String(needed), keys: keys.join("\n") });
  const named = linesOf(form?.keys ?? "");
  const wanted = readWhole(form?.needed ?? "", 0, named.length);
  const save = () => {
    if (wanted === null) return;
    void command.run("witness.policy", { needed: wanted, keys: named }).then((now) => {
      if (now === null) return;
      onChanged(now);
      setForm(null);
    });
  };
  return (
    <section className="stack-tight">
      <h3>{words.policy}</h3>
      <p>{keys.length === 0 ? words.policyNone : words.policyBody(needed, keys.length)}</p>
      {form === null ? (
        <>
          <ul className="witness-list">
            {keys.map((key) => (
              <li key={key} className="code any-break">
                {key}
              </li>
            ))}
          </ul>
          {refusal === null ? null : <p className="hint">{refusal}</p>}
          <div className="line">
            <Button onPress={open} isDisabled={refusal !== null}>
              {words.policyChange}
            </Button>
          </div>
        </>
      ) : (
        <>
          <Field
            label={words.keys}
            hint={words.keysHint}
            value={form.keys}
            onChange={(next) => setForm({ ...form, keys: next })}
            rows={4}
            isCode
            maxLength={131_072}
            autoFocus
          />
          <Field
            label={words.needed}
            value={form.needed}
            onChange={(next) => setForm({ ...form, needed: next })}
            error={wanted === null ? words.neededWrong(named.length) : null}
            inputMode="numeric"
            maxLength={2}
          />
          {command.failure === null ? null : <FailureNote failure={command.failure} />}
          <div className="line">
            <Button onPress={save} isDisabled={wanted === null || named.length > mostWitnesses || command.busy}>
              {text.shell.common.save}
            </Button>
            <Button onPress={() => setForm(null)}>{text.shell.common.cancel}</Button>
          </div>
        </>
      )}
    </section>
  );
}

const mostWitnesses = 32;

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
