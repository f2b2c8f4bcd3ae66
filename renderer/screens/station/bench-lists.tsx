import { useState } from "react";
import type { Command } from "../../client/hooks.ts";
import { useStation } from "../../client/hooks.ts";
import { formatBytes } from "../../model/format.ts";
import type { BenchView } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Note } from "../../ui/note.tsx";
import { useMessageWords } from "./bench-words.ts";

/** Sticks that were cut off and must come back, and the way to give one up. */
export function OwedList(props: { readonly bench: BenchView; readonly command: Command }) {
  const { bench, command } = props;
  const { text } = useText();
  const { live } = useStation();
  const [asking, setAsking] = useState<BenchView["owed"][number] | null>(null);
  if (bench.owed.length === 0) return null;
  return (
    <section className="stack-tight">
      <h3>{text.bench.owed}</h3>
      <ul className="bench-list">
        {bench.owed.map((one) => (
          <li key={one.stick}>
            <span>
              <span className="strong">{one.label}</span>
              <span className="weak">{text.bench.owedWhat(one.devices)}</span>
            </span>
            <Button kind="danger" onPress={() => setAsking(one)} isDisabled={command.busy}>
              {text.bench.giveUp}
            </Button>
          </li>
        ))}
      </ul>
      <Confirm
        isOpen={asking !== null}
        title={text.bench.giveUpTitle(asking?.label ?? "")}
        body={text.bench.giveUpBody}
        confirm={text.bench.giveUp}
        cancel={text.bench.keep}
        onCancel={() => setAsking(null)}
        onConfirm={() => {
          if (asking !== null)
            void command
              .run("bench.release", { stick: asking.stick })
              .then((now) => now !== null && live.setBench(now));
          setAsking(null);
        }}
      />
    </section>
  );
}

/** Drives in no slot: what the guard has against them, and what to do. */
export function ElsewhereList(props: { readonly drives: BenchView["elsewhere"] }) {
  const { drives } = props;
  const { text, language } = useText();
  const explain = useMessageWords();
  if (drives.length === 0) return null;
  return (
    <section className="stack-tight">
      <h3>{text.bench.elsewhere}</h3>
      {drives.map(({ id, label, sizeBytes, refusal }) => (
        <Note key={id} tone={refusal === null ? "plain" : "held"}>
          <p className="strong">
            {label}
            {sizeBytes === null ? "" : `, ${formatBytes(sizeBytes, language)}`}
          </p>
          <p>{refusal === null ? text.bench.looseDrive : explain(refusal)}</p>
          {refusal === null ? null : <p lang="en">{refusal.message}</p>}
        </Note>
      ))}
    </section>
  );
}
