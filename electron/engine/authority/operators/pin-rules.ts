import { StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";

/** At least 6 characters and at most 256 bytes; digits alone must not be a pattern, and the badge is no secret. @throws StationError OPERATOR_PIN_WEAK */
export function checkPin(pin: string, badge: string): void {
  const text = pin.normalize("NFKC");
  if ([...text].length < shortestPin || !isText(text, 1, 256)) {
    throw weak(`A PIN has at least ${shortestPin} characters and no control characters.`);
  }
  if (isPattern(text)) throw weak("This PIN is a pattern that anybody would try first. Choose another.");
  if (text.includes(badge.normalize("NFKC")) && badge.length >= 4) {
    throw weak("A PIN must not hold what is printed on the badge. Choose another.");
  }
}

const shortestPin = 6;

/** One character or a short group again and again, or a run such as 456789, 987654, 135790. */
function isPattern(text: string): boolean {
  for (let length = 1; length * 2 <= text.length; length++) {
    if (
      length <= 3 &&
      text ===
        text
          .slice(0, length)
          .repeat(Math.ceil(text.length / length))
          .slice(0, text.length)
    ) {
      return true;
    }
  }
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const isDigits = /^\d+$/.test(text);
  const steps = codes.slice(1).map((code, i) => {
    const step = code - (codes[i] ?? 0);
    return isDigits ? (step + 10) % 10 : step;
  });
  return steps.every((step) => step === steps[0]);
}

function weak(message: string): StationError {
  return new StationError("OPERATOR_PIN_WEAK", message);
}
