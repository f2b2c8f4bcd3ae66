import { Label, Radio, RadioGroup, Switch as AriaSwitch } from "react-aria-components";

export interface ChoiceOption<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly hint?: string;
}

/** A few options that are all worth seeing at once; `cards` where each needs a line of explanation. */
export function Choice<Id extends string>(props: {
  readonly label: string;
  readonly options: readonly ChoiceOption<Id>[];
  readonly value: Id | null;
  readonly onChange: (id: Id) => void;
  readonly look?: "row" | "cards";
  readonly isLabelHidden?: boolean;
}) {
  const { label, options, value, onChange, look = "row", isLabelHidden = false } = props;
  return (
    <RadioGroup className="choice" value={value} onChange={(id) => onChange(id as Id)} orientation="horizontal">
      <Label className={isLabelHidden ? "unseen" : "label"}>{label}</Label>
      <div className={look === "cards" ? "choice-row choice-cards" : "choice-row"}>
        {options.map((option) => (
          <Radio key={option.id} className="choice-option" value={option.id}>
            <span>
              {option.label}
              {option.hint === undefined ? null : <span className="hint">{option.hint}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

export function Switch(props: {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <AriaSwitch className="switch" isSelected={props.isOn} onChange={props.onChange}>
      <span>
        <span className="label">{props.label}</span>
        {props.hint === undefined ? null : <span className="hint">{props.hint}</span>}
      </span>
      <span className="switch-track" aria-hidden />
    </AriaSwitch>
  );
}
