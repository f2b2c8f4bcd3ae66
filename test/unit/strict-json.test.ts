import { expect, test } from "vitest";
import { JsonNumber, parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";

const problemOf = (text: string, limits = {}) => {
  try {
    parseStrictJson(text, limits);
  } catch (error) {
    if (error instanceof StrictJsonError) return error.problem;
    throw error;
  }
  return "accepted";
};

test("reads what JSON.parse reads", () => {
  for (const text of [
    "null",
    " [1, -0.5e3, true, false, null] ",
    '{"a":{"b":[]},"":"","é":"\\u00e9\\n\\ud83d\\ude00"}',
    '"\\"\\\\\\/\\b\\f\\r\\t"',
  ]) {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  }
});

test("__proto__ is an ordinary member", () => {
  const value = parseStrictJson('{"__proto__":{"polluted":1}}');
  expect(Object.getPrototypeOf(value)).toBe(null);
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
});

test("numbers can be kept as written", () => {
  expect(parseStrictJson("[1.0,9223372036854775807]", { rawNumbers: true })).toEqual([
    new JsonNumber("1.0"),
    new JsonNumber("9223372036854775807"),
  ]);
});

test.each([
  ["", "syntax"],
  ["{} x", "syntax"],
  ["[1,]", "syntax"],
  ['{"a":1,}', "syntax"],
  ["01", "syntax"],
  ["1.", "syntax"],
  ["+1", "syntax"],
  ["NaN", "syntax"],
  ["'a'", "syntax"],
  ['"\t"', "syntax"],
  ['"\\x"', "syntax"],
  ['"\\ud800"', "syntax"],
  ["1e400", "number-range"],
  ['{"a":1,"a":2}', "duplicate-member"],
  ['{"a":1,"\\u0061":2}', "duplicate-member"],
  ['{"__proto__":1,"__proto__":2}', "duplicate-member"],
  ["[".repeat(21), "too-deep"],
  [`${"[".repeat(10_000)}${"]".repeat(10_000)}`, "too-deep"],
  [`[${"1,".repeat(10_000)}1]`, "too-many-values"],
])("refuses %.20s as %s", (text, problem) => {
  expect(problemOf(text)).toBe(problem);
});
