import { Field } from "./field.tsx";

/** Takes a pasted token: masked, as long as one may be, and first to be typed into. */
export function TokenField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
}) {
  return <Field {...props} maxLength={65_536} isSecret isCode autoFocus />;
}
