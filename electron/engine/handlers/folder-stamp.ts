/** `press-hall-3-20261122T004853Z`: names an export's folder after its station and time, safe on every file system. */
export function folderStamp(stationName: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stationName.replace(/[^A-Za-z0-9.-]/g, "-")}-${stamp}`;
}
