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

/** A table row; what is not known stays empty. */
export function row(cells: readonly (string | number | null)[]): string {
  return `<tr>${cells.map(cellOf).join("")}</tr>`;
}

function cellOf(cell: string | number | null): string {
  if (cell === null) return "<td></td>";
  const text = String(cell);
  return `<td${/^[0-9a-f]{64}$/.test(text) ? ' class="hash"' : ""}>${html(text)}</td>`;
}
