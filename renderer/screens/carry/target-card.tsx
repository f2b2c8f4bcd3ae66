import { isFileName } from "../../model/file-name.ts";
import { useText } from "../../text/use-text.ts";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";

export interface Target {
  readonly stickId: string;
  readonly target: string;
  readonly fileName: string;
}

export const blankTarget: Target = { stickId: "", target: "", fileName: "" };

/** Where the licence goes: which stick, for which server, under which name. */
export function TargetCard(props: {
  readonly target: Target;
  readonly onChange: (target: Target) => void;
  readonly sticks: readonly { readonly id: string; readonly label: string }[];
  readonly stickId: string | null;
}) {
  const { target, onChange, sticks, stickId } = props;
  const { text } = useText();
  const words = text.carry;
  return (
    <section className="card">
      <h2>{words.step.stick}</h2>
      <div className="form-grid">
        <Select
          label={words.stick}
          value={stickId}
          placeholder={words.stickNone}
          onChange={(id) => onChange({ ...target, stickId: id })}
          options={sticks}
        />
        <Field
          label={words.fileName}
          value={target.fileName}
          onChange={(fileName) => onChange({ ...target, fileName })}
          hint={words.fileNameHint}
          error={target.fileName === "" || isFileName(target.fileName) ? null : words.fileNameWrong}
          maxLength={64}
          isCode
        />
        <Field
          label={words.target}
          value={target.target}
          onChange={(name) => onChange({ ...target, target: name })}
          hint={words.targetHint}
          maxLength={128}
        />
      </div>
    </section>
  );
}
