import { useText } from "../../text/use-text.ts";
import { Field } from "../../ui/field.tsx";

export interface LicenseDraft {
  readonly label: string;
  readonly product: string;
  readonly pool: string;
  readonly secret: string;
}

export const blankLicense: LicenseDraft = { label: "", product: "", pool: "Main", secret: "" };

const slug = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export function isCompleteLicense(draft: LicenseDraft): boolean {
  return slug.test(draft.product) && draft.pool.trim() !== "" && draft.secret.trim() !== "";
}

/** Fields of a new licence key. The key lives in this form's state only until it was handed over. */
export function LicenseForm(props: {
  readonly draft: LicenseDraft;
  readonly onChange: (draft: LicenseDraft) => void;
  readonly autoFocus?: boolean;
}) {
  const { draft, onChange } = props;
  const { text } = useText();
  const words = text.licenses.keys;
  const isWrongProduct = draft.product !== "" && !slug.test(draft.product);
  return (
    <>
      <Field
        label={words.product}
        value={draft.product}
        onChange={(product) => onChange({ ...draft, product })}
        hint={words.productHint}
        error={isWrongProduct ? words.productWrong : null}
        maxLength={100}
        isCode
        {...(props.autoFocus === true ? { autoFocus: true } : {})}
      />
      <Field
        label={words.secret}
        value={draft.secret}
        onChange={(secret) => onChange({ ...draft, secret })}
        hint={words.secretHint}
        maxLength={255}
        isSecret
        isCode
      />
      <Field
        label={words.label}
        value={draft.label}
        onChange={(label) => onChange({ ...draft, label })}
        hint={words.labelHint}
        maxLength={128}
      />
      <Field
        label={words.pool}
        value={draft.pool}
        onChange={(pool) => onChange({ ...draft, pool })}
        hint={words.poolHint}
        maxLength={128}
      />
    </>
  );
}
