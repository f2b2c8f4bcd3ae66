import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { csvRows } from "../../electron/engine/ledger/csv-rows.ts";
import { csvColumns, csvRow } from "../../electron/engine/ledger/ledger-csv.ts";

const names = fc.oneof(fc.constantFrom(...csvColumns), fc.constantFrom("v", "by", "a", "zz", "fingerprint", "types"));
const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom('"', "\\", ",", "\n", "\r", "{", "}", "[", "]", ":", "=", "'", " ", "a", "é", "＝"),
  }),
  fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z .:_/+-]*$/),
);
const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { weight: 6, arbitrary: texts },
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 3 }),
  ),
})).value;
const entries = fc.dictionary(names, values, { minKeys: 1, maxKeys: 14 });
const linesOf = (list: readonly object[]) =>
  Buffer.from(`\n${list.map((entry) => `${canonicalJson(entry)}\n`).join("")}`);

test("rows made from the bytes are those made from the entries", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), fc.array(entries, { maxLength: 8 }), (first, list) => {
      const rows = list.map((entry, i) => csvRow(first + i, entry)).join("");
      expect(csvRows(first, linesOf(list)).toString()).toBe(rows);
    }),
    { numRuns: 2000 },
  );
});

test("a text as long as texts are, of what has to be quoted, has room", () => {
  const list = [{ at: '"'.repeat(30_000), code: "\r".repeat(9000), type: "＝".repeat(9000) }];
  expect(csvRows(0, linesOf(list)).toString()).toBe(csvRow(0, list[0] ?? {}));
});

test.each([
  "\n",
  "{}\n",
  "[1]\n",
  '{"a"}\n',
  '{"a":1',
  '{"a":1,\n',
  '{"a":"b\n',
  '{"a":1}{"b":1}\n',
  '{"a":"\\"\n',
  '{"a":[1}\n',
])("%j is not an entry", (line) => {
  expect(() => csvRows(0, Buffer.from(`\n${line}`))).toThrow(SyntaxError);
});
