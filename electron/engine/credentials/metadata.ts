import { isText } from "#shared/domain/identifiers.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { JsonNumber, type JsonObject, type JsonValue } from "#shared/formats/strict-json.ts";

const limits = { members: 256, nameBytes: 255, stringBytes: 65_536, bytes: 131_072, depth: 20, nodes: 4096 };

/** Whether signed metadata keeps the limits of LICENSESEAT section 6.2. */
export function isBoundedMetadata(metadata: JsonObject): boolean {
  const seen = { nodes: 0, bytes: 0 };
  return visit(metadata, 0, seen) && seen.bytes <= limits.bytes;
}

/** Counts nodes, and the bytes of the compact JSON text, while it checks. */
function visit(value: JsonValue, depth: number, seen: { nodes: number; bytes: number }): boolean {
  seen.nodes++;
  if (depth > limits.depth || seen.nodes > limits.nodes || seen.bytes > limits.bytes) return false;
  if (value instanceof JsonNumber) {
    seen.bytes += value.text.length;
    return true;
  }
  if (typeof value === "string") {
    seen.bytes += textBytes(value);
    return utf8(value).length <= limits.stringBytes;
  }
  if (Array.isArray(value)) {
    seen.bytes += Math.max(2, value.length + 1);
    return value.every((item) => visit(item, depth + 1, seen));
  }
  if (typeof value !== "object" || value === null) {
    seen.bytes += String(value).length;
    return true;
  }
  const members = Object.entries(value as JsonObject);
  seen.bytes += Math.max(2, members.length * 2 + 1);
  return (
    members.length <= limits.members &&
    members.every(([name, item]) => {
      seen.bytes += textBytes(name);
      return isText(name, 1, limits.nameBytes) && visit(item, depth + 1, seen);
    })
  );
}

function textBytes(text: string): number {
  return utf8(JSON.stringify(text)).length;
}
