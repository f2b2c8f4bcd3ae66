/** What happened on the bench, for the summary at the end. */
export interface Tally {
  pulled(fileSystem: string, phase: string): void;
  served(fileSystem: string): void;
  told(reasons: readonly string[]): void;
  table(): string;
}

export function createTally(): Tally {
  const pulls = new Map<string, number>();
  const served = new Map<string, number>();
  const reasons: string[] = [];
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  const rows = (map: ReadonlyMap<string, number>) =>
    [...map]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, many]) => `  ${key.padEnd(28)}${String(many).padStart(4)}`);
  return {
    pulled: (fileSystem, phase) => void count(pulls, `${fileSystem} while ${phase || "unknown"}`),
    served: (fileSystem) => void count(served, fileSystem),
    told: (more) => void reasons.push(...more),
    table: () =>
      [
        ["Pulled, checked whole, replugged:", ...rows(pulls)],
        ["Served, and verified on the host:", ...rows(served)],
        ["Not served, and said:", ...reasons.map((reason) => `  ${reason}`)],
      ]
        .flat()
        .join("\n")
        .concat("\n"),
  };
}
