import { expect, test } from "vitest";
import { readArgs } from "../../electron/cli/args.ts";

const options = {
  stick: { type: "string" },
  count: { type: "string" },
  license: { type: "string", multiple: true },
} as const;
const secret = "LICENCE-ONE-AAAA1111";

test("values, repeated values, flags and defaults are read", () => {
  const args = readArgs(["--stick", "a", "--stick=b", "--license", "x", "--license", "y", "--json"], options);
  expect([args.text("stick"), args.texts("license"), args.flag("json"), args.text("home")]).toEqual([
    "b",
    ["x", "y"],
    true,
    null,
  ]);
});

test.each([
  [["--stick"], "Option '--stick <value>' argument missing."],
  [["--stick", "--json"], "Option '--stick' argument is ambiguous."],
  [["--json=yes"], "Option '--json' does not take an argument."],
  [["--licence", secret], "Unknown option '--licence'."],
  [[`--licence=${secret}`], "Unknown option '--licence'."],
  [[`--${secret}`], "An option is not known."],
  [[`-${secret}`], "An option is not known."],
  [["--license", "x", secret], "There is an argument too many; options begin with two hyphens."],
])("%j is told without repeating what may be a key", (argv, message) => {
  let said = "";
  try {
    readArgs(argv, options);
  } catch (error) {
    if (error instanceof Error) said = error.message;
  }
  expect(said).toBe(`${message} "station help" shows how.`);
  expect(said).not.toContain(secret);
});

test.each(["0", "11", "1.5", "1e1", "ten", " 5", "--5", "9".repeat(30), ""])(
  "%j is not a count from 1 to 10",
  (text) => {
    expect(() => readArgs([`--count=${text}`], options).integer("count", 1, 10)).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  },
);

test("counts within their bounds are read, and a missing one is null", () => {
  expect(readArgs(["--count", "10"], options).integer("count", 1, 10)).toBe(10);
  expect(readArgs([], options).integer("count", 1, 10)).toBeNull();
});

test("an option that is needed may not be empty either", () => {
  expect(() => readArgs(["--stick="], options).need("stick")).toThrow(/--stick is missing/);
});
