import { canonicalObject, countMember, exactMembers, isObject, listMember, textMember } from "./canonical.ts";
import { Refusal } from "./findings.ts";
import { readRotation, type Rotation } from "./key-book.ts";

const mostRotations = 1000;

/**
 * The rotations in `key-history.json`, as it goes with exported keys. Its places are as trustworthy as the way by which
 * the file came. @throws Refusal encoding, other-origin, rotation-broken
 */
export function readKeyHistory(bytes: Uint8Array, origin: string): readonly Rotation[] {
  if (bytes.at(-1) !== 10) throw new Refusal("encoding");
  const history = canonicalObject(bytes.subarray(0, -1));
  exactMembers(history, ["origin", "rotations", "v"], "encoding");
  const found = textMember(history, "origin", "encoding");
  if (found !== origin) throw new Refusal("other-origin", { expected: origin, found });
  const rows = listMember(history, "rotations", "encoding");
  if (countMember(history, "v", "encoding") !== 1 || rows.length > mostRotations) throw new Refusal("encoding");
  let last = 0;
  return rows.map((row) => {
    if (!isObject(row)) throw new Refusal("encoding");
    exactMembers(row, members, "encoding");
    const index = countMember(row, "index", "encoding");
    if (index <= last) throw new Refusal("encoding");
    last = index;
    return readRotation(row, index);
  });
}

const members = ["index", "new_public_key", "new_signature", "old_public_key", "old_signature", "use"];
