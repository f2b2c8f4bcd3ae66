import { useState } from "react";
import type { PastedRequest } from "../../model/pasted-request.ts";
import { addQrPart, looksLikeQrPart, type QrPartsSoFar } from "../../model/qr-parts.ts";
import { useText } from "../../text/use-text.ts";
import { Chips } from "../../ui/chips.tsx";
import { Field } from "../../ui/field.tsx";
import { Note } from "../../ui/note.tsx";
import { Select } from "../../ui/select.tsx";
import { Camera } from "./camera.tsx";
import { Picture } from "./picture.tsx";

type Way = "paste" | "camera" | "picture";

export const noStick = "none";

export interface Draft {
  readonly input: string;
  readonly name: string;
  readonly stick: string;
}

/** How one device's request comes in: typed, pasted, scanned by a wedge, seen by a camera, or in a picture. */
export function RequestForm(props: {
  readonly draft: Draft;
  readonly request: PastedRequest;
  readonly sticks: readonly { readonly id: string; readonly label: string }[];
  readonly onChange: (draft: Draft) => void;
}) {
  const { draft, request, sticks, onChange } = props;
  const { text } = useText();
  const words = text.single;
  const [way, setWay] = useState<Way>("paste");
  const [parts, setParts] = useState<QrPartsSoFar | null>(null);
  const [isWrongPart, setWrongPart] = useState(false);
  const take = (scanned: string) => {
    setWrongPart(false);
    if (!looksLikeQrPart(scanned)) return onChange({ ...draft, input: scanned });
    const reading = addQrPart(parts, scanned);
    setWrongPart(reading.kind === "wrong");
    if (reading.kind !== "wrong") setParts(reading.kind === "more" ? reading.soFar : null);
    onChange({ ...draft, input: reading.kind === "whole" ? reading.text : "" });
  };
  const read = parts?.slices.filter((slice) => slice !== null).length ?? 0;
  return (
    <section className="card">
      <Chips
        label={words.ways}
        value={way}
        onChange={setWay}
        options={[
          { id: "paste", label: words.paste },
          { id: "camera", label: words.camera },
          { id: "picture", label: words.picture },
        ]}
      />
      {way === "camera" ? <Camera onText={take} /> : null}
      {way === "picture" ? <Picture onText={take} /> : null}
      {parts === null ? null : <Note>{words.partsSoFar(read, parts.parts)}</Note>}
      {isWrongPart ? <Note tone="held">{words.partWrong}</Note> : null}
      <Field
        label={words.input}
        value={draft.input}
        onChange={(input) => {
          if (looksLikeQrPart(input) && input.endsWith("\n")) take(input.trim());
          else onChange({ ...draft, input });
        }}
        rows={4}
        isCode
        autoFocus
        maxLength={65_536}
        hint={words.inputHint}
        error={request.kind === "wrong" ? words.wrong[request.reason] : null}
      />
      <Field
        label={words.name}
        value={draft.name === "" && request.kind === "request" ? (request.name ?? "") : draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        hint={words.nameHint}
        maxLength={255}
      />
      <Select
        label={words.target}
        value={draft.stick}
        onChange={(stick) => onChange({ ...draft, stick })}
        options={[{ id: noStick, label: words.targetDownload }, ...sticks]}
      />
    </section>
  );
}
