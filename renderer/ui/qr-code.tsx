import QRCode from "qrcode";
import { useMemo } from "react";

/**
 * One QR code, drawn black on white in every theme with the quiet zone that readers need, as a single path: sharp at
 * every size and no image for the content policy to refuse.
 */
export function QrCode(props: { readonly text: string; readonly label: string; readonly size?: string }) {
  const { text, label, size = "100%" } = props;
  const { path, side } = useMemo(() => draw(text), [text]);
  return (
    <svg className="qr" viewBox={`0 0 ${side} ${side}`} width={size} role="img" aria-label={label}>
      <rect width={side} height={side} fill="#ffffff" />
      <path d={path} fill="#000000" shapeRendering="crispEdges" />
    </svg>
  );
}

const quietZone = 4;

function draw(text: string): { readonly path: string; readonly side: number } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  let path = "";
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) === 0) continue;
      let length = 1;
      while (column + length < modules.size && modules.get(row, column + length) !== 0) length += 1;
      path += `M${column + quietZone} ${row + quietZone}h${length}v1h-${length}z`;
      column += length - 1;
    }
  }
  return { path, side: modules.size + quietZone * 2 };
}
