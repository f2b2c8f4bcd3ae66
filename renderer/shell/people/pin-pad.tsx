import { Delete } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { cleanPin, longestPin, pressPinKey } from "../../model/pin-pad.ts";
import { useText } from "../../text/use-text.ts";
import "./people.css";

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

/** A PIN by glove or by keyboard: the field keeps the focus, so that both can be mixed. Enter hands it over. */
export function PinPad(props: {
  readonly pin: string;
  readonly onChange: (pin: string) => void;
  readonly onEnter: () => void;
  readonly isDisabled: boolean;
}) {
  const { pin, onChange, onEnter, isDisabled } = props;
  const { text } = useText();
  const words = text.people;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!isDisabled) input.current?.focus();
  }, [isDisabled]);
  const press = (key: Parameters<typeof pressPinKey>[1]) => {
    onChange(pressPinKey(pin, key));
    input.current?.focus();
  };
  return (
    <div className="stack">
      <TextField
        className="field"
        type="password"
        autoComplete="off"
        value={pin}
        onChange={(typed) => onChange(cleanPin(typed))}
        inputMode="numeric"
        maxLength={longestPin}
        isDisabled={isDisabled}
      >
        <Label className="label">{words.pin}</Label>
        <Input
          ref={input}
          className="input pin-field"
          onKeyDown={(event) => {
            if (event.key === "Enter") onEnter();
          }}
        />
        <span className="unseen" role="status">
          {words.entered(pin.length)}
        </span>
      </TextField>
      <div className="pin-pad" role="group" aria-label={words.pad}>
        {digits.map((digit) => (
          <Button key={digit} className="button pin-key" onPress={() => press(digit)} isDisabled={isDisabled}>
            {digit}
          </Button>
        ))}
        <span />
        <Button className="button pin-key" onPress={() => press("0")} isDisabled={isDisabled}>
          0
        </Button>
        <Button
          className="button pin-key"
          aria-label={words.erase}
          onPress={() => press("erase")}
          isDisabled={isDisabled || pin === ""}
        >
          <Delete size={28} aria-hidden />
        </Button>
      </div>
    </div>
  );
}
