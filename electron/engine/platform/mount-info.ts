/** One line of Linux's /proc/self/mountinfo, as far as it is used (proc_pid_mountinfo(5)). */
export interface MountInfo {
  /** Which folder of the volume is mounted: `/` for the whole of it. */
  readonly volumeFolder: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** The device's path, or what the file system calls its source. */
  readonly source: string;
}

/** In the order of mounting, so that of two on one place the later is the one that is seen. Lines of another shape are passed over. */
export function parseMountInfo(text: string): readonly MountInfo[] {
  const mounts: MountInfo[] = [];
  for (const line of text.split("\n")) {
    // Optional fields of any number stand before the dash.
    const [before = "", after = ""] = splitOnce(line, " - ");
    const [, , , volumeFolder, mountPoint] = before.split(" ");
    const [fileSystem, source] = after.split(" ");
    if (volumeFolder === undefined || mountPoint === undefined || fileSystem === undefined || source === undefined)
      continue;
    mounts.push({
      volumeFolder: unescape(volumeFolder),
      mountPoint: unescape(mountPoint),
      fileSystem: unescape(fileSystem),
      source: unescape(source),
    });
  }
  return mounts;
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Blank, tab, newline and backslash are written as three octal digits. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
