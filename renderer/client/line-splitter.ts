/** Cuts a stream of text into its non-empty lines, whatever the pieces it comes in. @throws RangeError over `longest` */
export function createLineSplitter(longest: number): (piece: string) => readonly string[] {
  let rest = "";
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longest) throw new RangeError("a line of the feed is too long");
    return lines.filter((line) => line !== "");
  };
}
