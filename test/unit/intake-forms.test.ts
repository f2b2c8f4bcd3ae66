import { describe, expect, test } from "vitest";
import { read, request, sha256, stickWith, verdictOn } from "../fixtures/intake-stick.ts";

describe("a text request is refused when it", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["is empty", "", "REQUEST_EMPTY"],
    ["is only a byte order mark", "\ufeff", "REQUEST_EMPTY"],
    ["is only blanks", " \r\n\t\n", "REQUEST_EMPTY"],
    ["is binary", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00), "REQUEST_ENCODING"],
    ["has a NUL", "finger\0print", "REQUEST_ENCODING"],
    ["is UTF-16 with a mark", new Uint8Array(Buffer.from("\ufefffingerprint", "utf16le")), "REQUEST_ENCODING"],
    ["is UTF-16 without a mark", new Uint8Array(Buffer.from("fingerprint", "utf16le")), "REQUEST_ENCODING"],
    ["is Latin-1", new Uint8Array(Buffer.from("fingerprint\nPrüfstand", "latin1")), "REQUEST_ENCODING"],
    ["is overlong UTF-8", Uint8Array.of(0xc0, 0xaf, ...Buffer.from("12345678")), "REQUEST_ENCODING"],
    ["has 7 bytes of fingerprint", "1234567", "FINGERPRINT_LENGTH"],
    ["has 256 bytes of fingerprint", `${"é".repeat(127)}12`, "FINGERPRINT_LENGTH"],
    ["begins with an empty line", "\nPress 7", "FINGERPRINT_LENGTH"],
    ["has a blank before the fingerprint", " 12345678", "FINGERPRINT_CHARACTERS"],
    ["has a blank after the fingerprint", "12345678 \r\n", "FINGERPRINT_CHARACTERS"],
    ["has a tab in the fingerprint", "1234\t5678", "FINGERPRINT_CHARACTERS"],
    ["has an escape in the fingerprint", "1234\u001b[2J5678", "FINGERPRINT_CHARACTERS"],
    ["has a C1 control in the fingerprint", "1234\u009b5678", "FINGERPRINT_CHARACTERS"],
    ["has a bidi override in the fingerprint", "1234\u202e5678", "FINGERPRINT_CHARACTERS"],
    ["ends its lines with CR alone", "12345678\rPress 7\r", "FINGERPRINT_CHARACTERS"],
    ["has a bidi override in the name", "12345678\nPress \u202e7", "NAME_CHARACTERS"],
    ["has a bell in the name", "12345678\nPress \u0007", "NAME_CHARACTERS"],
    ["has a vertical tab at the end of the name", "12345678\nPress\u000b", "NAME_CHARACTERS"],
    ["has a name of 256 bytes", `12345678\n${"n".repeat(256)}`, "NAME_CHARACTERS"],
    ["has a third line", "12345678\nPress 7\nmore", "REQUEST_SYNTAX"],
    ["is over 64 KiB", "x".repeat(65_537), "REQUEST_TOO_LARGE"],
  ])("%s", async (_, content, code) => {
    expect(await verdictOn("x.fingerprint.txt", content)).toBe(code);
  });
});

test.each([
  ["8 bytes", "12345678"],
  ["255 bytes", `${"é".repeat(127)}1`],
  ["blanks inside", "1234 5678"],
  ["a sign that begins a formula", "=1234567"],
])("a text request with a fingerprint of %s is taken", async (_, fingerprint) => {
  const report = await read(stickWith({ "x.fingerprint.txt": fingerprint }));
  expect(report.requests.map((one) => one.fingerprint)).toEqual([fingerprint]);
});

describe("a JSON request is refused when it", () => {
  const member = (extra: string) => `{"fingerprint":"12345678",${extra}}`;
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, "x"])));
  test.each<[string, string, string]>([
    ["is empty", "", "REQUEST_EMPTY"],
    ["is not JSON", "fingerprint: 12345678", "REQUEST_SYNTAX"],
    ["has something after it", '{"fingerprint":"12345678"} x', "REQUEST_SYNTAX"],
    ["has a comment", '{"fingerprint":"12345678"/* */}', "REQUEST_SYNTAX"],
    ["has a lone surrogate", '{"fingerprint":"1234567\\ud800"}', "REQUEST_SYNTAX"],
    ["says one thing twice", '{"fingerprint":"12345678","fingerprint":"87654321"}', "REQUEST_DUPLICATE_MEMBER"],
    [
      "says one thing twice in disguise",
      '{"fingerprint":"12345678","\\u0066ingerprint":"87654321"}',
      "REQUEST_DUPLICATE_MEMBER",
    ],
    ["is nested 10,000 deep", deep, "REQUEST_TOO_DEEP"],
    ["is nested 10,000 deep where nobody looks", member(`"x":${deep}`), "REQUEST_TOO_DEEP"],
    ["is an array", '["12345678"]', "REQUEST_SHAPE"],
    ["is text", '"12345678"', "REQUEST_SHAPE"],
    ["is null", "null", "REQUEST_SHAPE"],
    ["has no fingerprint", '{"device_name":"x"}', "REQUEST_SHAPE"],
    ["has a number for a fingerprint", '{"fingerprint":12345678}', "REQUEST_SHAPE"],
    ["has a number for a name", member('"device_name":7'), "REQUEST_SHAPE"],
    ["has a __proto__", member('"__proto__":{"deviceName":"x"}'), "REQUEST_SHAPE"],
    ["has a __proto__ among the components", member('"fingerprint_components":{"__proto__":"x"}'), "REQUEST_SHAPE"],
    ["has a list of components", member('"fingerprint_components":["x"]'), "REQUEST_SHAPE"],
    ["has a number for a component", member('"fingerprint_components":{"a":1}'), "REQUEST_SHAPE"],
    ["has an empty component", member('"fingerprint_components":{"a":""}'), "REQUEST_SHAPE"],
    ["has 65 components", member(`"fingerprint_components":${many}`), "REQUEST_SHAPE"],
    ["has a component with a control", member('"fingerprint_components":{"a":"\\u0085"}'), "REQUEST_SHAPE"],
    ["has a serial with a bidi mark", member('"serial":"1\\u200f"'), "REQUEST_SHAPE"],
    ["has a day that is none", member('"requested_at":"2026-02-30T00:00:00Z"'), "REQUEST_SHAPE"],
    ["has an escaped NUL in the fingerprint", '{"fingerprint":"1234\\u00005678"}', "FINGERPRINT_CHARACTERS"],
    ["has a newline in the name", member('"device_name":"a\\nb"'), "NAME_CHARACTERS"],
    ["has a short fingerprint", '{"fingerprint":"1234567"}', "FINGERPRINT_LENGTH"],
  ])("%s", async (_, content, code) => {
    expect(await verdictOn("x.fingerprint.json", content)).toBe(code);
  });
});

test("members that requests do not have are named, escaped and kept out", async () => {
  const content =
    '{"fingerprint":"12345678","license_key":"SECRET","constructor":{"a":[1e999]},"\\u202e":1,"device_name":null}';
  const report = await read(stickWith({ "x.fingerprint.json": content }));
  expect(report.requests).toEqual([
    request({
      fingerprint: "12345678",
      sources: [{ path: "x.fingerprint.json", line: null, fileSha256: sha256(content) }],
    }),
  ]);
  expect(report.notes).toEqual([
    {
      path: "x.fingerprint.json",
      message: "Not used, since requests have no such field: license_key, constructor, \\u202e.",
    },
  ]);
});

describe("a list", () => {
  const line = (text: string) => `fingerprint,device_name\n12345678,first\n${text}\n87654321,last\n`;
  test.each<[string, string | Uint8Array, string]>([
    ["is refused when empty", "", "REQUEST_EMPTY"],
    ["is refused when it has only a header", "fingerprint\n", "REQUEST_EMPTY"],
    ["is refused without a fingerprint column", "device,name\na,b\n", "REQUEST_SHAPE"],
    ["is refused with semicolons", "fingerprint;device_name\n12345678;a\n", "REQUEST_SHAPE"],
    ["is refused with one column twice", "fingerprint,Fingerprint\n12345678,12345678\n", "REQUEST_SHAPE"],
    ["is refused with a formula in its header", "fingerprint,=1+1\n12345678,\n", "REQUEST_FORMULA"],
    ["is refused in UTF-16", new Uint8Array(Buffer.from("\ufefffingerprint\n12345678", "utf16le")), "REQUEST_ENCODING"],
    [
      "is refused in UTF-16 without a mark",
      new Uint8Array(Buffer.from("fingerprint\n", "utf16le")),
      "REQUEST_ENCODING",
    ],
    ["is refused over 8 MiB", "x".repeat(8_388_609), "REQUEST_TOO_LARGE"],
    ["goes on after a line without a fingerprint", line(",x"), "line 3: REQUEST_SHAPE"],
    ["goes on after a line with a cell too few", line("11111111"), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with a cell too many", line("11111111,a,b"), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with a stray quote", line('11111111,a"b'), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with text behind a quote", line('11111111,"a"b'), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with a line break in a name", line('11111111,"a\nb"'), "line 3: NAME_CHARACTERS"],
    ["goes on after a line with a NUL", line("1111\x001111,a"), "line 3: REQUEST_ENCODING"],
    ["goes on after a line with a lone CR", line("11111111,a\rb"), "line 3: NAME_CHARACTERS"],
    ["goes on after a line with a formula", line('11111111,"=HYPERLINK(""http://x"")"'), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with a formula behind a blank", line("11111111, =1+1"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with +", line("11111111,+1+1"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with -", line("11111111,-1"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with @", line("11111111,@SUM(A1)"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with a leading tab", line("11111111,\tx"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with a leading return", line('11111111,"\rx"'), "line 3: REQUEST_FORMULA"],
    ["goes on after a fingerprint that is a formula", line("=12345678,x"), "line 3: REQUEST_FORMULA"],
    ["goes on after a fingerprint that runs a program", line("+cmd|' /C calc'!A0,x"), "line 3: REQUEST_FORMULA"],
    ["goes on after a short fingerprint", line("1234567,x"), "line 3: FINGERPRINT_LENGTH"],
    ["goes on after a blank around a fingerprint", line("12345678 ,x"), "line 3: FINGERPRINT_CHARACTERS"],
  ])("%s", async (_, content, code) => {
    expect(await verdictOn("fingerprints.csv", content)).toBe(code);
  });

  test("gives every good line around a bad one", async () => {
    const report = await read(stickWith({ "fingerprints.csv": line('1111"1111,x') }));
    expect(report.requests.map((one) => [one.fingerprint, one.sources[0]?.line])).toEqual([
      ["12345678", 2],
      ["87654321", 4],
    ]);
  });

  test("takes base64 fingerprints that begin with a sign", async () => {
    const fingerprints = ["+abcdefgh/+=", "-abc_def-g", "--------"];
    const report = await read(stickWith({ "fingerprints.csv": ["fingerprint", ...fingerprints].join("\n") }));
    expect(report.requests.map((one) => one.fingerprint)).toEqual(fingerprints);
  });

  test("reads nothing out of line breaks in a column that is not used", async () => {
    const content = 'comment,fingerprint\n"see\n,injected-fingerprint\n",12345678\n';
    const report = await read(stickWith({ "fingerprints.csv": content }));
    expect(report.requests.map((one) => [one.fingerprint, one.sources[0]?.line])).toEqual([["12345678", 2]]);
    expect(report.notes[0]?.message).toContain("comment");
  });

  test("reads nothing after a quote that is never closed, and says so", async () => {
    const report = await read(stickWith({ "fingerprints.csv": line('11111111,"x') }));
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["12345678"]);
    expect(report.rejected.map((one) => [one.line, one.code])).toEqual([[3, "REQUEST_SYNTAX"]]);
  });

  test("never repeats a licence key in a message", async () => {
    const content = "fingerprint,license_key\n12345678,SECRET\u0007KEY\n87654321,=SECRETKEY\n";
    const report = await read(stickWith({ "fingerprints.csv": content }));
    expect(report.rejected.map((one) => one.code)).toEqual(["LICENSE_KEY_INVALID", "REQUEST_FORMULA"]);
    expect(JSON.stringify(report)).not.toContain("SECRET");
  });
});
