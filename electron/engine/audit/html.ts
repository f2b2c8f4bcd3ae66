/** Text as HTML text: what people typed is never markup, and nothing in it turns the line around or hides. */
export function html(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => (character === "\n" ? character : "\ufffd"))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Markup that a library of ours made, without its XML prologue. */
export function raw(markup: string): string {
  return markup.replace(/<\?xml[^>]*\?>\s*/, "");
}

/** A cell of two texts, the second below the first. */
interface TwoLines {
  readonly first: string | null;
  readonly second: string | null;
}

export function twoLines(first: string | null, second: string | null): TwoLines {
  return { first, second };
}

/** A table row; what is not known stays empty. */
export function row(cells: readonly (string | number | TwoLines | null)[]): string {
  return `<tr>${cells.map(cellOf).join("")}</tr>`;
}

function cellOf(cell: string | number | TwoLines | null): string {
  if (cell === null) return "<td></td>";
  if (typeof cell === "object") {
    const lines = [cell.first, cell.second].flatMap((line) => (line === null ? [] : [html(line)]));
    return `<td>${lines.join("<br>")}</td>`;
  }
  const text = String(cell);
  if (/^[0-9a-f]{64}$/.test(text)) return `<td class="hash">${text}</td>`;
  return `<td>${html(instant.test(text) ? text.replace(instant, "$1 $2Z") : text)}</td>`;
}

/** With a blank where a narrow column may break it, and without a part of a second. */
const instant = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/;
