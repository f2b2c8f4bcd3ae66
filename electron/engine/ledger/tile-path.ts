/**
 * Path of a C2SP tlog-tiles resource: groups of three digits, all but the last behind an `x`, so that a file and a folder
 * never meet. @param width hashes or entries in it; below 256 it is partial, and its name says so
 */
export function tilePath(level: number | "entries", index: number, width: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < 256 ? `.p/${width}` : ""}`;
}
