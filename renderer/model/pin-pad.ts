/** What a PIN pad or a keyboard has put in so far: digits from the pad, and whatever else a keyboard types. */
export const shortestPin = 6;
export const longestPin = 64;

export type PinKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "erase" | "clear";

export function pressPinKey(pin: string, key: PinKey): string {
  if (key === "clear") return "";
  if (key === "erase") return [...pin].slice(0, -1).join("");
  return cleanPin(pin + key);
}

/** What typing, a scanner or pasting brought, without control characters and not too long. */
export function cleanPin(typed: string): string {
  return [...typed.replace(/\p{C}/gu, "")].slice(0, longestPin).join("");
}

export function isWholePin(pin: string): boolean {
  return [...pin].length >= shortestPin && pin === cleanPin(pin);
}
