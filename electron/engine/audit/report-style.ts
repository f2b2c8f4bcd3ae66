/** Print style: black on white, tables that repeat their heads, the root hash and page number at every foot. @param root lower-case hex */
export function reportStyle(root: string): string {
  return `
@page { size: A4 landscape; margin: 14mm 12mm 18mm;
  @bottom-left { content: "Ledger root ${root}"; font: 7pt monospace; }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
body { margin: 0; color: #000; background: #fff; font: 9pt/1.4 sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 4mm; font-size: 20pt; }
h2 { margin: 6mm 0 2mm; font-size: 12pt; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 4mm; margin: 0; }
dt { font-weight: bold; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 1mm 1.5mm; border-bottom: 0.2mm solid #000; text-align: left; vertical-align: top; }
th { white-space: nowrap; }
td { overflow-wrap: break-word; max-width: 60mm; }
.hash { min-width: 50mm; font: 7pt/1.4 monospace; overflow-wrap: anywhere; }
tbody:empty::after { content: "None."; }
pre { font: 8pt/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.checkpoint { break-inside: avoid; }
.checkpoint svg { width: 60mm; height: 60mm; }
`;
}
