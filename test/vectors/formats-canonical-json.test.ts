import { describe, expect, it } from "vitest";
import { canonicalJson, isCanonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";

function double(bits: string): number {
  return Buffer.from(bits, "hex").readDoubleBE();
}

describe("RFC 8785", () => {
  // Appendix B: IEEE 754 bits and their one text.
  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["41b3de4355555557", "333333333.33333343"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the double %s as %s", (bits, text) => {
    expect(canonicalJson(double(bits))).toBe(text);
  });

  it("sorts names by UTF-16 code units (section 3.2.3)", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const values = [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    expect(values).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it("writes the RFC's sample (section 3.2.2)", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\"\u002f',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("takes __proto__ for a name like any other", () => {
    expect(isCanonicalJson('{"__proto__":1,"a":{}}')).toBe(true);
  });
});

describe("what canonical JSON cannot hold", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["an undefined member", { a: undefined }],
    ["a hole", Array.from<unknown>({ length: 2 })],
    ["a bigint", 1n],
    ["a symbol", Symbol("a")],
    ["a function", () => 1],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a lone surrogate", "a\ud800"],
    ["a lone surrogate in a name", { "\udc00": 1 }],
    ["an object with toJSON", { toJSON: () => 1 }],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["bytes", new Uint8Array(2)],
    ["a value that holds itself", cycle],
  ])("%s is refused", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  });
});

describe("a text that is not its own canonical form", () => {
  it.each([
    "",
    " 1",
    "1 ",
    "1\n",
    "1.0",
    "-0",
    "1E3",
    "01",
    "1e400",
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a": 1}',
    '"\\u0041"',
    '"\\/"',
    '"\\u000A"',
    '"\\ud800"',
    "9007199254740993",
    "nul",
    "\ufeff1",
  ])("%j is refused", (text) => {
    expect(isCanonicalJson(text)).toBe(false);
  });

  it("keeps to the limits it is given", () => {
    expect(parseCanonicalJson("[[[]]]", { maxDepth: 2 })).toBeNull();
    expect(parseCanonicalJson("[1,2]", { maxValues: 2 })).toBeNull();
    expect(parseCanonicalJson("[1,2]", { maxValues: 3 })).toEqual({ value: [1, 2] });
  });
});
