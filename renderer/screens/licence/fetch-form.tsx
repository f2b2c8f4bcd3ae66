import { useText } from "../../text/use-text.ts";
import { Choice } from "../../ui/choice.tsx";
import { Field } from "../../ui/field.tsx";

export interface FetchDraft {
  readonly how: "register" | "refresh";
  readonly issuer: string;
  readonly email: string;
}

export function isCompleteFetch({ how, issuer, email }: FetchDraft): boolean {
  return issuer.trim() !== "" && (how === "refresh" || /^[^\s@]+@[^\s@]+$/.test(email.trim()));
}

/** What an issuer is asked for; the same for the station's own licence and for one it carries. */
export function FetchForm(props: { readonly draft: FetchDraft; readonly onChange: (draft: FetchDraft) => void }) {
  const { draft, onChange } = props;
  const { text } = useText();
  const words = text.licence.fetch;
  return (
    <>
      <Choice
        label={words.how}
        look="cards"
        value={draft.how}
        onChange={(how) => onChange({ ...draft, how })}
        options={[
          { id: "register", label: words.register, hint: words.registerHint },
          { id: "refresh", label: words.refresh, hint: words.refreshHint },
        ]}
      />
      <Field
        label={words.issuer}
        value={draft.issuer}
        onChange={(issuer) => onChange({ ...draft, issuer })}
        hint={words.issuerHint}
        maxLength={2048}
        inputMode="url"
        isCode
      />
      {draft.how === "refresh" ? null : (
        <Field
          label={words.email}
          value={draft.email}
          onChange={(email) => onChange({ ...draft, email })}
          hint={words.emailHint}
          maxLength={254}
        />
      )}
    </>
  );
}
