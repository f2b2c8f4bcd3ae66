import { IdCard } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Failure } from "#shared/domain/errors.ts";
import { formatDuration } from "../../model/format.ts";
import { secondsUntil } from "../../model/licence-state.ts";
import { isWholePin } from "../../model/pin-pad.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { FailureWords } from "../failure-words.tsx";
import { useNow } from "../use-now.ts";
import { PinPad } from "./pin-pad.tsx";

/**
 * Who somebody is: the scanner types the badge and Enter, then comes the PIN. Neither leaves this part but through
 * `onSubmit`, and the PIN is forgotten at once.
 */
export function BadgeAndPin(props: {
  readonly submit: string;
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly onSubmit: (badge: string, pin: string) => void;
  /** What else can be done with badge and PIN, such as refusing. */
  readonly other?: { readonly label: string; readonly onSubmit: (badge: string, pin: string) => void };
  readonly children?: ReactNode;
}) {
  const { submit, busy, failure, onSubmit, other, children } = props;
  const { text, language } = useText();
  const words = text.people;
  const [badge, setBadge] = useState("");
  const [isRead, setRead] = useState(false);
  const [pin, setPin] = useState("");
  const now = useNow(1000);
  const waitSeconds = lockSeconds(failure, now);
  const isReady = isWholePin(pin) && !busy && waitSeconds === 0;
  const hand = (to: (badge: string, pin: string) => void) => {
    if (!isReady) return;
    setPin("");
    to(badge, pin);
  };
  const read = () => {
    const scanned = badge.trim();
    if (scanned === "") return;
    setBadge(scanned);
    setRead(true);
  };
  const again = () => {
    setBadge("");
    setPin("");
    setRead(false);
  };
  if (!isRead) {
    return (
      <div className="stack">
        <Field
          label={words.badge}
          value={badge}
          onChange={setBadge}
          onEnter={read}
          hint={words.badgeHint}
          maxLength={64}
          isCode
          autoFocus
        />
        <div className="people-buttons">
          {children}
          <Button onPress={read} isDisabled={badge.trim() === ""}>
            {words.badgeNext}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="stack">
      <p className="line">
        <IdCard size={24} aria-hidden />
        <span className="code strong cut">{badge}</span>
        <Button kind="quiet" onPress={again}>
          {words.otherBadge}
        </Button>
      </p>
      {failure === null ? null : <FailureWords failure={failure} />}
      {waitSeconds > 0 ? (
        <p className="figure" role="timer">
          {words.lockedFor(formatDuration(waitSeconds, language))}
        </p>
      ) : (
        <PinPad pin={pin} onChange={setPin} onEnter={() => hand(onSubmit)} isDisabled={busy} />
      )}
      <div className="people-buttons">
        {children}
        {other === undefined ? null : (
          <Button kind="danger" onPress={() => hand(other.onSubmit)} isDisabled={!isReady}>
            {other.label}
          </Button>
        )}
        <Button kind="next" onPress={() => hand(onSubmit)} isDisabled={!isReady}>
          {submit}
        </Button>
      </div>
    </div>
  );
}

/** Whole seconds until a locked badge may try again, as the engine says it in the failure's `until`. */
function lockSeconds(failure: Failure | null, now: number): number {
  const until = failure?.code === "OPERATOR_LOCKED_OUT" ? failure.details?.["until"] : undefined;
  return typeof until === "string" ? secondsUntil(until, now) : 0;
}
