/** A name that FAT, NTFS and ext all take and that no path can hide in: the engine decides, this only foretells. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}[A-Za-z0-9_]$/.test(name) && !name.includes("..");
}
