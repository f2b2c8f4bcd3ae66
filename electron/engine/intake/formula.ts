/**
 * Cells that a spreadsheet would run when somebody opens the list. Blanks before the sign are looked through, since
 * they are trimmed away before the value goes on.
 */
export function isFormula(cell: string): boolean {
  return /^[\t\r]|^\s*[=+\-@]/.test(cell);
}

/**
 * One fingerprint in thirty-two would begin with + or - if it is base64 or base64url, and no device can help it. So
 * after such a sign a fingerprint may go on, but only with that alphabet: nothing of it can call a function, name
 * another program or reach another file.
 */
export function isFormulaFingerprint(cell: string): boolean {
  return isFormula(cell) && !/^[+-][A-Za-z0-9+/_-]*={0,2}$/.test(cell);
}
