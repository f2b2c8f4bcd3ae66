import { cleanPin, isWholePin, longestPin, shortestPin } from "../../../model/pin-pad.ts";
import { useText } from "../../../text/use-text.ts";
import { Field } from "../../../ui/field.tsx";

export interface PinDraft {
  readonly pin: string;
  readonly again: string;
}

export const blankPin: PinDraft = { pin: "", again: "" };

export function isCompletePin({ pin, again }: PinDraft): boolean {
  return isWholePin(pin) && pin === again;
}

/** A new PIN, entered twice; the engine judges whether it is too easy. */
export function NewPin(props: { readonly draft: PinDraft; readonly onChange: (draft: PinDraft) => void }) {
  const { draft, onChange } = props;
  const { text } = useText();
  const words = text.people.operators;
  return (
    <>
      <Field
        label={words.newPin}
        value={draft.pin}
        onChange={(typed) => onChange({ ...draft, pin: cleanPin(typed) })}
        hint={words.pinRule(shortestPin)}
        error={draft.pin !== "" && !isWholePin(draft.pin) ? words.pinShort(shortestPin) : null}
        maxLength={longestPin}
        isSecret
      />
      <Field
        label={words.newPinAgain}
        value={draft.again}
        onChange={(typed) => onChange({ ...draft, again: cleanPin(typed) })}
        error={draft.again !== "" && draft.again !== draft.pin ? words.pinDiffers : null}
        maxLength={longestPin}
        isSecret
      />
    </>
  );
}
