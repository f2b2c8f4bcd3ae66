/** What a PIN pad or a keyboard has put in so far. Digits alone, so that a glove on the wrong key changes nothing. */
export const shortestPin = 6;
export const longestPin = 12;

export type PinKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "erase" | "clear";

export function pressPinKey(pin: string, key: PinKey): string {
  if (key === "clear") return "";
  if (key === "erase") return pin.slice(0, -1);
  return cleanPin(pin + key);
}

/** What typing or pasting brought, reduced to a PIN's digits. */
export function cleanPin(typed: string): string {
  return typed.replace(/[^0-9]/g, "").slice(0, longestPin);
}

export function isWholePin(pin: string): boolean {
  return pin.length >= shortestPin && pin === cleanPin(pin);
}
