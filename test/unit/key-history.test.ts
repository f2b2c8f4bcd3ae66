import { describe, expect, test } from "vitest";
import { base64, utf8 } from "#shared/formats/encoding.ts";
import { formatKeyHistory, parseKeyHistory, retiredKeys, type RotationAt } from "#shared/formats/key-history.ts";
import { rotationMessage } from "#shared/formats/key-rotation.ts";
import { readKeyHistory } from "#shared/verifier/key-history.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";

const origin = "station.example/dock-7";
const turn = rotationAt(3, "ledger");
const bytes = formatKeyHistory({ origin, rotations: [turn] });
const text = new TextDecoder().decode(bytes);

test("a history is read back as it was written, by the codec and by the auditor's reader", () => {
  expect(parseKeyHistory(bytes)).toEqual({ origin, rotations: [turn] });
  expect(readKeyHistory(bytes, origin)).toEqual([
    { index: 3, use: "ledger", oldKey: exampleSigner.publicKey, newKey: otherSigner.publicKey },
  ]);
});

test("the key before a rotation may speak for ledgers up to the entry that ended it", () => {
  expect(retiredKeys([turn], "ledger", otherSigner.publicKey)).toEqual([
    { publicKey: exampleSigner.publicKey, until: 4 },
  ]);
  expect(retiredKeys([turn], "manifest", exampleSigner.publicKey)).toEqual([]);
});

test("rotations that do not lead to today's key are refused", () => {
  expect(() => retiredKeys([turn], "ledger", exampleSigner.publicKey)).toThrow(
    expect.objectContaining({ code: "VERIFY_KEYS" }),
  );
});

describe("is refused by both readers", () => {
  const row = text.slice(text.indexOf("[") + 1, text.indexOf("]"));
  test.each([
    ["without its last newline", text.slice(0, -1)],
    ["with a blank", text.replace(":1}", ": 1}")],
    ["with a member more", text.replace('"v":1', '"v":1,"w":1')],
    ["of another version", text.replace('"v":1', '"v":2')],
    ["with a place from before the first entry", text.replace('"index":3', '"index":0')],
    ["with places that do not rise", text.replace(row, `${row},${row}`)],
    [
      "with a signature of another rotation",
      text.replace(turn.rotation.old_signature, rotationAt(3, "minisign").rotation.old_signature),
    ],
    ["with the keys exchanged", text.replace('"use":"ledger"', '"use":"manifest"')],
  ])("%s", (_, wrong) => {
    expect(() => parseKeyHistory(utf8(wrong))).toThrow(expect.objectContaining({ code: "VERIFY_KEYS" }));
    expect(() => readKeyHistory(utf8(wrong), origin)).toThrow(expect.objectContaining({ name: "Refusal" }));
  });
});

function rotationAt(index: number, use: "ledger" | "manifest" | "minisign"): RotationAt {
  const keys = {
    use,
    old_public_key: base64(exampleSigner.publicKey),
    new_public_key: base64(otherSigner.publicKey),
  };
  const message = rotationMessage(keys);
  const signatures = {
    old_signature: base64(exampleSigner.sign(message)),
    new_signature: base64(otherSigner.sign(message)),
  };
  return { index, rotation: { type: "key.rotated", ...keys, ...signatures } };
}
