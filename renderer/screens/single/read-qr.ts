import jsQR from "jsqr";

/** Largest side, in pixels, at which a picture is searched: enough for dense codes, quick on a tablet. */
const longestSide = 1600;

/** The text of the QR code in a picture or a camera's frame, null where none is found. */
export function readQr(source: ImageBitmap | HTMLVideoElement, width: number, height: number): string | null {
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const text = jsQR(data, canvas.width, canvas.height)?.data ?? "";
  return text === "" ? null : text;
}
