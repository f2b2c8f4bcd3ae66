import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../electron/sandbox/canonical-json.ts";
import { createEntropy, rootOfSeed, uuidOf } from "../../electron/sandbox/entropy.ts";
import { isMetadata, isText } from "../../electron/sandbox/limits.ts";
import { routeOf } from "../../electron/sandbox/routes.ts";
import { isBelowCeiling } from "../../electron/sandbox/version-ceiling.ts";

test("canonical JSON sorts by code point at every level and escapes only what it must", () => {
  expect(canonicalJson({ b: [2, { z: null, a: true }], "": 1e21, a: 'quote " \\ / \n é \u2028' })).toBe(
    '{"":1e+21,"a":"quote \\" \\\\ / \\n é \u2028","b":[2,{"a":true,"z":null}]}',
  );
  expect(canonicalJson({ "😀": 1, "\uffff": 2, é: 3, z: 4 })).toBe('{"z":4,"é":3,"\uffff":2,"😀":1}');
});

test.each([
  ["2.9.9", "3.0", true],
  ["3.0", "3.0.0", false],
  ["3", "3.0.1", true],
  ["v2.10", "2.9", false],
  ["3.0.0-beta.1", "3.0.0", false],
  ["2.9.0+build.9", "3.0.0-rc1", true],
  ["unreadable", "1", true],
  ["9", "unreadable", true],
])("version %s below ceiling %s: %s", (version, ceiling, expected) => {
  expect(isBelowCeiling(version, ceiling)).toBe(expected);
});

test("text is counted in bytes and has no control characters", () => {
  expect(isText("é".repeat(4), 8, 8)).toBe(true);
  expect(isText("é".repeat(4), 1, 7)).toBe(false);
  for (const bad of ["a\u0000", "a\u001f", "a\u007f", "\ud800", "", 7, null]) expect(isText(bad, 1, 10)).toBe(false);
});

describe("metadata", () => {
  const nested = (depth: number): never => (depth === 0 ? 1 : { a: nested(depth - 1) }) as never;
  test.each([
    ["an empty object", {}, true],
    ["19 levels and a number", nested(19), true],
    ["20 levels and a number", nested(20), false],
    ["256 members", Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`m${i}`, i])), true],
    ["257 members", Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`m${i}`, i])), false],
    ["4,096 values", { a: Array.from({ length: 4094 }, () => 0) }, true],
    ["4,097 values", { a: Array.from({ length: 4095 }, () => 0) }, false],
    ["a string of 64 KiB", { a: "x".repeat(65_536) }, true],
    ["a longer one", { a: "x".repeat(65_537) }, false],
    ["an empty name", { "": 1 }, false],
    ["a list", [], false],
    ["null", null, false],
  ])("%s", (_title, value, expected) => {
    expect(isMetadata(value as never)).toBe(expected);
  });
});

test("a route tells a key in the path from an action by the number of parts alone", () => {
  const at = (path: string) => {
    const route = routeOf(`/api/v1/products/p/licenses/${path}`);
    return route === null ? null : [route.action, route.licenseKey, route.family];
  };
  expect(at("activate")).toEqual(["activate", null, "body"]);
  expect(at("activate/validate")).toEqual(["validate", "activate", "path"]);
  expect(at("A%2FB%20C/offline_token")).toEqual(["offline-token", "A/B C", "path"]);
  expect(at("toString")).toBe(null);
  expect(routeOf("/api/v2/health")).toBe(null);
});

test("entropy: one root, one label, one value; streams go on", () => {
  const [a, b] = [createEntropy(rootOfSeed("s"), true), createEntropy(rootOfSeed("s"), true)];
  expect(a.derive("x", 32)).toEqual(b.derive("x", 32));
  expect(a.derive("x", 32)).not.toEqual(a.derive("y", 32));
  expect(a.once("x", 12)).toEqual(b.once("x", 12));
  const unseeded = createEntropy(rootOfSeed("s"), false);
  expect(unseeded.once("x", 12)).not.toEqual(unseeded.once("x", 12));
  const draws = [a.chance("c"), a.chance("c"), a.chance("c")];
  expect(new Set(draws).size).toBe(3);
  expect([b.chance("c"), b.chance("c"), b.chance("c")]).toEqual(draws);
  expect(uuidOf(new Uint8Array(16).fill(255))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
});
