import { expect, test } from "vitest";
import type { Failure } from "#shared/domain/errors.ts";
import { createLicensePool, pooledLicense } from "../../electron/engine/batch/license-pool.ts";

const [first, second, own] = ["LICENCE-FIRST-0001", "LICENCE-SECOND-002", "LICENCE-OWN-000003"].map(pooledLicense);
if (first === undefined || second === undefined || own === undefined) throw new Error("three keys");

const full: Failure = { code: "SEAT_LIMIT_EXCEEDED", message: "full" };
const dead: Failure = { code: "LICENSE_REVOKED", message: "revoked" };
const none: ReadonlySet<string> = new Set();
const codeOf = (choice: object) => ("code" in choice ? choice.code : "last4" in choice ? choice.last4 : null);

test("keys are taken in the order given, each until nothing more can be had under it", () => {
  const pool = createLicensePool([first, second], []);
  expect(pool.choose(null, none)).toBe(first);
  pool.exhaust(first.sha256, full);
  expect(pool.choose(null, none)).toBe(second);
});

test("a device that holds a seat keeps its key although it is full, and changes when it is dead", () => {
  const pool = createLicensePool([first, second], []);
  pool.exhaust(first.sha256, full);
  expect(pool.choose(first.sha256, none)).toBe(first);
  expect(pool.choose(first.sha256, new Set([first.sha256]))).toBe(second);
  pool.exhaust(first.sha256, dead);
  expect(pool.choose(first.sha256, none)).toBe(second);
});

test("with no free key left, full ones are asked once for each device, dead ones never", () => {
  const pool = createLicensePool([first, second], []);
  pool.exhaust(first.sha256, dead);
  pool.exhaust(second.sha256, full);
  expect(pool.choose(null, none)).toBe(second);
  expect(codeOf(pool.choose(null, new Set([second.sha256])))).toBe("POOL_EMPTY");
});

test("a long pool of full keys does not cost a call for each key and device", () => {
  const keys = Array.from({ length: 50 }, (_, i) => pooledLicense(`LICENCE-NUMBER-${100 + i}`));
  const pool = createLicensePool(keys, []);
  for (const { sha256 } of keys) pool.exhaust(sha256, full);
  const refused = new Set<string>();
  for (;;) {
    const choice = pool.choose(null, refused);
    if ("code" in choice) break;
    refused.add(choice.sha256);
  }
  expect(refused.size).toBe(8);
});

test("the only key's own reason is what its devices are told", () => {
  const pool = createLicensePool([first], []);
  pool.exhaust(first.sha256, dead);
  expect(pool.choose(null, none)).toBe(dead);
});

test("a key from the list is for the devices that name it alone", () => {
  const pool = createLicensePool([first], [own]);
  expect(pool.choose(own.sha256, none)).toBe(own);
  expect(pool.choose(null, none)).toBe(first);
  pool.exhaust(own.sha256, full);
  expect(pool.choose(own.sha256, new Set([own.sha256]))).toBe(full);
  expect(codeOf(createLicensePool([], [own]).choose(null, none))).toBe("LICENSE_KEY_MISSING");
});

test.each(["", " blank-before", "blank-after ", "with\u0000zero", "x".repeat(256)])("%j is no licence key", (key) => {
  expect(() => pooledLicense(key)).toThrow(expect.objectContaining({ code: "LICENSE_KEY_INVALID" }));
});

test("of a short key not even four characters are told", () => {
  expect(pooledLicense("ABCDEFGHIJK").last4).toBe("");
  expect(pooledLicense("ABCDEFGHIJKL").last4).toBe("IJKL");
});
