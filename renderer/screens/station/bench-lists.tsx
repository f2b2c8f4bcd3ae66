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
export function ElsewhereList(props: { readonly drives: BenchView["elsewhere"]; readonly command: Command }) {
  const { text } = useText();
  if (props.drives.length === 0) return null;
  return (
    <section className="stack-tight">
      <h3>{text.bench.elsewhere}</h3>
      {props.drives.map((drive) => (
        <Elsewhere key={drive.id} drive={drive} command={props.command} />
      ))}
    </section>
  );
}

/** For a drive that is refused for its size alone; a second person may have to agree. */
export function AllowDrive(props: {
  readonly refusal: { readonly details?: Readonly<Record<string, unknown>> | undefined } | null;
  readonly which: { readonly drive: string } | { readonly slot: number };
  readonly command: Command;
}) {
  const { refusal, which, command } = props;
  const { text } = useText();
  const { live } = useStation();
  if (refusal?.details?.["reason"] !== "too-large") return null;
  return (
    <Button
      onPress={() => void command.run("bench.allow-drive", which).then((now) => now !== null && live.setBench(now))}
      isDisabled={command.busy}
    >
      {text.bench.allow}
    </Button>
  );
}

function Elsewhere(props: { readonly drive: BenchView["elsewhere"][number]; readonly command: Command }) {
  const { label, sizeBytes, refusal } = props.drive;
  const { text, language } = useText();
  const explain = useMessageWords();
  const words = refusal === null ? { what: text.bench.looseDrive, more: [] } : explain(refusal);
  return (
    <Note tone={refusal === null ? "plain" : "held"}>
      <p className="strong">{sizeBytes === null ? label : `${label}, ${formatBytes(sizeBytes, language)}`}</p>
      <p>{words.what}</p>
      {words.more.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <AllowDrive refusal={refusal} which={{ drive: props.drive.id }} command={props.command} />
    </Note>
  );
}
