import { Search } from "lucide-react";
import { type ReactNode, type Ref, useId } from "react";
import { FieldError, Input, Label, SearchField, Text, TextArea, TextField } from "react-aria-components";

export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
  readonly onEnter?: () => void;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly rows?: number;
  readonly isCode?: boolean;
  readonly isSecret?: boolean;
  readonly maxLength?: number;
  readonly inputMode?: "text" | "numeric" | "url";
  readonly autoFocus?: boolean;
  readonly inputRef?: Ref<HTMLTextAreaElement>;
}) {
  const { label, value, onChange, hint, error = null, rows, isCode = false, isSecret = false } = props;
  const className = isCode ? "input code" : "input";
  const limit = props.maxLength === undefined ? {} : { maxLength: props.maxLength };
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error !== null}
      type={isSecret ? "password" : "text"}
      autoComplete={isSecret ? "new-password" : "off"}
      spellCheck="false"
      {...limit}
      {...(props.autoFocus === true ? { autoFocus: true } : {})}
      {...(props.onBlur === undefined ? {} : { onBlur: props.onBlur })}
      {...(props.inputMode === undefined ? {} : { inputMode: props.inputMode })}
    >
      <Label className="label">{label}</Label>
      {rows === undefined ? (
        <Input
          className={className}
          onKeyDown={(event) => {
            if (event.key === "Enter") props.onEnter?.();
          }}
        />
      ) : (
        <TextArea
          className={className}
          rows={rows}
          {...(props.inputRef === undefined ? {} : { ref: props.inputRef })}
        />
      )}
      {hint === undefined ? null : (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}

/** A filter by typing; its label is for those who do not see the magnifier. Escape empties it. */
export function SearchInput(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <SearchField className="search" aria-label={props.label} value={props.value} onChange={props.onChange}>
      <Search size={18} aria-hidden />
      <Input id={id} className="input" placeholder={props.label} data-search maxLength={255} />
    </SearchField>
  );
}
