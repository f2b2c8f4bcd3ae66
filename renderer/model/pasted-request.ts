/** What somebody pasted, scanned or typed, judged while they type. The engine judges again. */
export type PastedRequest =
  | { readonly kind: "empty" }
  | { readonly kind: "request"; readonly fingerprint: string; readonly name: string | null }
  | { readonly kind: "wrong"; readonly reason: "length" | "characters" | "shape" };

const shortestBytes = 8;
const longestBytes = 255;
const longestText = 65_536;

/**
 * Reads the two forms a device exports for one device: text (first line the fingerprint, second the name) and the JSON
 * object. Blanks around a line are dropped, since a scanner's suffix and a copy's edge bring them.
 */
export function readPasted(text: string): PastedRequest {
  if (text.length > longestText) return { kind: "wrong", reason: "length" };
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") return { kind: "empty" };
  if (trimmed.startsWith("{")) return readJson(trimmed);
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  if (lines.length > 2) return { kind: "wrong", reason: "shape" };
  return judge(lines[0] ?? "", lines[1] ?? null);
}

function readJson(text: string): PastedRequest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return { kind: "wrong", reason: "shape" };
    const { fingerprint, device_name: name } = value as Record<string, unknown>;
    if (typeof fingerprint !== "string") return { kind: "wrong", reason: "shape" };
    if (name !== undefined && typeof name !== "string") return { kind: "wrong", reason: "shape" };
    return judge(fingerprint, name ?? null);
  } catch {
    return { kind: "wrong", reason: "shape" };
  }
}

function judge(fingerprint: string, name: string | null): PastedRequest {
  if (/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(fingerprint)) {
    return { kind: "wrong", reason: "characters" };
  }
  const bytes = new TextEncoder().encode(fingerprint).length;
  if (bytes < shortestBytes || bytes > longestBytes) return { kind: "wrong", reason: "length" };
  return { kind: "request", fingerprint, name: name === null || name === "" ? null : name };
}
