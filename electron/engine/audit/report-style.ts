import type { ReportText } from "./report-text.ts";

/** Print style: black on white, tables that repeat their heads, the bundle's hashes and the page's number at every foot. */
export function reportStyle(foot: {
  /** Lower-case hex, as is the next. */
  readonly root: string;
  readonly bundleSha256: string;
  readonly text: ReportText;
}): string {
  const { root, bundleSha256, text } = foot;
  return `
@page { size: A4 landscape; margin: 14mm 12mm 18mm;
  @bottom-left { content: "${text.bundle} ${bundleSha256}\\A ${text.root} ${root}"; white-space: pre; font: 7pt/1.4 monospace; }
  @bottom-right { content: "${text.page} " counter(page) " ${text.of} " counter(pages); font: 8pt sans-serif; } }
body { margin: 0; color: #000; background: #fff; font: 9pt/1.4 sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 4mm; font-size: 20pt; }
h2 { margin: 6mm 0 2mm; font-size: 12pt; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 4mm; margin: 0; }
dt { font-weight: bold; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 8pt; line-height: 1.25; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 0.8mm 1.5mm; border-bottom: 0.2mm solid #000; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.plain th { white-space: nowrap; }
.files { table-layout: fixed; }
${widths.map((percent, at) => `.files th:nth-child(${at + 1}) { width: ${percent}%; }`).join("\n")}
.hash { font: 6.5pt/1.25 monospace; }
tbody:empty::after { content: "${text.none}"; }
pre { font: 8pt/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.checkpoint { break-inside: avoid; }
.checkpoint svg { width: 60mm; height: 60mm; }
`;
}

/** Of the columns of files, so that two lines hold a hash. */
const widths = [6, 8, 17, 15, 19.5, 19.5, 8, 7] as const;
