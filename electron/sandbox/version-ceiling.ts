/**
 * Whether an application version is below an exclusive ceiling. Pre-release and build parts are left out of the
 * comparison, and missing parts count as 0; what cannot be read on either side is taken as covered.
 */
export function isBelowCeiling(version: string, ceiling: string): boolean {
  const left = partsOf(version);
  const right = partsOf(ceiling);
  if (left === null || right === null) return true;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function partsOf(version: string): readonly number[] | null {
  const core = /^v?([0-9]{1,9}(?:\.[0-9]{1,9}){0,3})(?:[-+].*)?$/.exec(version.trim())?.[1];
  return core === undefined ? null : core.split(".").map(Number);
}
