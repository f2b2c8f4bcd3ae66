import fc from "fast-check";
import { expect, test } from "vitest";
import { addQrPart, looksLikeQrPart, type QrPartsSoFar, splitIntoQrParts } from "../../renderer/model/qr-parts.ts";

const hello = "STQR1/1/1/2cf24dba5fb0a30e/aGVsbG8";

function readAll(parts: readonly string[]) {
  let soFar: QrPartsSoFar | null = null;
  for (const part of parts) {
    const reading = addQrPart(soFar, part);
    if (reading.kind !== "more") return reading;
    soFar = reading.soFar;
  }
  return { kind: "more" as const };
}

test("the page's example", () => {
  expect(splitIntoQrParts("hello")).toEqual([hello]);
  expect(readAll([hello])).toEqual({ kind: "whole", text: "hello" });
  expect(looksLikeQrPart(hello)).toBe(true);
  expect(looksLikeQrPart("fp-12345678")).toBe(false);
});

test("any text comes back whole from its parts in any order and with repetitions", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 3000, unit: "grapheme" }),
      fc.infiniteStream(fc.nat()),
      (text, order) => {
        const parts = splitIntoQrParts(text) ?? [];
        const shuffled = parts
          .map((part) => [order.next().value ?? 0, part] as const)
          .sort(([a], [b]) => a - b)
          .map(([, part]) => part);
        const [first = ""] = shuffled;
        expect(readAll([first, ...shuffled.slice(1, 2), first, ...shuffled])).toEqual({ kind: "whole", text });
      },
    ),
    { numRuns: 60 },
  );
});

test("a text of no or too many bytes has no parts", () => {
  expect(splitIntoQrParts("")).toBeNull();
  expect(splitIntoQrParts("x".repeat(39_600))).toHaveLength(99);
  expect(splitIntoQrParts("x".repeat(39_601))).toBeNull();
});

const [one = "", two = ""] = splitIntoQrParts("y".repeat(500)) ?? [];

test.each([
  ["another version", hello.replace("STQR1", "STQR2")],
  ["part 0", hello.replace("/1/1/", "/0/1/")],
  ["a part above the number of parts", hello.replace("/1/1/", "/2/1/")],
  ["a leading zero", hello.replace("/1/1/", "/01/1/")],
  ["a hundred parts", hello.replace("/1/1/", "/1/100/")],
  ["a digest in capitals", hello.replace("2cf24dba", "2CF24DBA")],
  ["a short digest", hello.replace("2cf24dba5fb0a30e", "2cf24dba5fb0a30")],
  ["padding", `${hello}=`],
  ["characters outside base64url", hello.replace("aGVs", "aG+s")],
  ["bits that mean nothing", hello.replace("aGVsbG8", "aGVsbG9")],
  ["no data", hello.replace("aGVsbG8", "")],
  ["a digest that does not fit", hello.replace("2cf2", "2cf3")],
  ["a short slice before the last", hello.replace("/1/1/", "/1/2/")],
  ["bytes that are no text", "STQR1/1/1/a8100ae6aa1940d0/_w"],
])("%s is refused", (_, part) => expect(addQrPart(null, part)).toEqual({ kind: "wrong" }));

test("parts of different texts, and two slices under one number, are refused", () => {
  const begun = addQrPart(null, one);
  if (begun.kind !== "more") throw new Error("the first part should leave one to read");
  const other = splitIntoQrParts("z".repeat(500)) ?? [];
  expect(addQrPart(begun.soFar, other[1] ?? "")).toEqual({ kind: "wrong" });
  expect(addQrPart(begun.soFar, one.slice(0, -4) + "AAAA")).toEqual({ kind: "wrong" });
  expect(addQrPart(begun.soFar, two)).toEqual({ kind: "whole", text: "y".repeat(500) });
});
