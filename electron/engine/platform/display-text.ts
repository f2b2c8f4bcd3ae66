/**
 * Text from outside, made fit for a message: control and direction-changing characters escaped, so that a file's
 * name can neither steer a terminal nor read backwards; cut at `longest` UTF-16 units.
 */
export function displayText(text: string, longest = 300): string {
  const shown = text.replace(unprintable, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return shown.length <= longest ? shown : `${shown.slice(0, longest).toWellFormed()}…`;
}

/** Controls (C0, DEL, C1), line and paragraph separators, and everything that changes the direction of text. */
export function hasUnprintable(text: string): boolean {
  return unprintableOnce.test(text);
}

const ranges = "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff";
const unprintable = new RegExp(`[${ranges}]`, "gu");
const unprintableOnce = new RegExp(`[${ranges}]`, "u");
