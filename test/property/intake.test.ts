import * as fc from "fast-check";
import { expect, test } from "vitest";
import { csvRecords } from "../../electron/engine/intake/csv-records.ts";
import { readRequests } from "../../electron/engine/intake/read-requests.ts";
import { memoryFiles } from "../fakes/memory-files.ts";

const forbidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const byteLength = (text: string) => new TextEncoder().encode(text).length;

const clean = fc
  .string({ unit: "binary", maxLength: 60 })
  .filter((text) => !forbidden.test(text) && text.trim() === text && text.isWellFormed() && byteLength(text) <= 255);
const fingerprints = clean.filter((text) => byteLength(text) >= 8);
const names = clean.filter((text) => text !== "");
const device = fc.record({ fingerprint: fingerprints, deviceName: fc.option(names) });
const devices = fc.uniqueArray(device, { selector: (one) => one.fingerprint, maxLength: 20 });
const newline = fc.constantFrom("\n", "\r\n");
const mark = fc.constantFrom("", "\ufeff");
const startsLikeFormula = /^\s*[=+\-@\t\r]/;

/** What was read, as a map from fingerprint to name. */
async function readBack(contents: Readonly<Record<string, string | Uint8Array>>) {
  const files = memoryFiles();
  files.putFolder("/stick");
  for (const [path, content] of Object.entries(contents)) files.put(`/stick/${path}`, content);
  const report = await readRequests(files, "/stick");
  return { report, read: new Map(report.requests.map((one) => [one.fingerprint, one.deviceName])) };
}

const asMap = (given: readonly { fingerprint: string; deviceName: string | null }[]) =>
  new Map(given.map((one) => [one.fingerprint, one.deviceName]));

test("any set of valid requests comes back from text files", async () => {
  await fc.assert(
    fc.asyncProperty(devices, newline, mark, async (given, end, bom) => {
      const contents = given.map((one, i) => [
        `${i}.fingerprint.txt`,
        `${bom}${one.fingerprint}${end}${one.deviceName ?? ""}${end}`,
      ]);
      const { report, read } = await readBack(Object.fromEntries(contents));
      expect(report.rejected).toEqual([]);
      expect(read).toEqual(asMap(given));
    }),
  );
});

test("any set of valid requests comes back from JSON files", async () => {
  await fc.assert(
    fc.asyncProperty(devices, mark, fc.boolean(), async (given, bom, nulls) => {
      const contents = given.map((one, i) => {
        const members = { device_name: one.deviceName ?? (nulls ? null : undefined), fingerprint: one.fingerprint };
        return [`${i}.fingerprint.json`, bom + JSON.stringify(members, null, 2)];
      });
      const { report, read } = await readBack(Object.fromEntries(contents));
      expect(report.rejected).toEqual([]);
      expect(read).toEqual(asMap(given));
    }),
  );
});

test("any set of valid requests without formulas comes back from a list, quoted or not, columns in any order", async () => {
  const plain = devices.map((given) =>
    given.filter((one) => !startsLikeFormula.test(one.fingerprint) && !startsLikeFormula.test(one.deviceName ?? "")),
  );
  const order = fc.constantFrom(["fingerprint", "device_name"], ["DEVICE_NAME", "extra", "Fingerprint"]);
  await fc.assert(
    fc.asyncProperty(plain, newline, mark, order, fc.boolean(), async (given, end, bom, columns, quoteAll) => {
      fc.pre(given.length > 0);
      const cell = (text: string) => (quoteAll || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
      const lines = given.map((one) =>
        columns
          .map((column) =>
            cell(
              { fingerprint: one.fingerprint, device_name: one.deviceName ?? "" }[column.toLowerCase()] ?? '=x\n"y"',
            ),
          )
          .join(","),
      );
      const { report, read } = await readBack({ "fingerprints.csv": bom + [columns.join(","), ...lines].join(end) });
      expect(report.rejected).toEqual([]);
      expect(read).toEqual(asMap(given));
    }),
  );
});

test("no bytes make reading fail, and whatever they are, the good request beside them is read", async () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc
      .array(fc.constantFrom("fingerprint", ",", '"', "\n", "\r\n", "\r", "12345678", "=", "\0", "{", "}", ":", "é"), {
        maxLength: 60,
      })
      .map((parts) => new TextEncoder().encode(parts.join(""))),
  );
  const name = fc.constantFrom("x.fingerprint.txt", "x.fingerprint.json", "fingerprints.csv");
  await fc.assert(
    fc.asyncProperty(name, anything, async (path, bytes) => {
      const { report, read } = await readBack({ "good.fingerprint.txt": "good-fingerprint", [path]: bytes });
      expect(read.has("good-fingerprint")).toBe(true);
      expect(report.files).toBe(2);
      // Nothing vanishes: the other file is a request, or it is said why it is not.
      expect(report.requests.flatMap((one) => one.sources).length + report.rejected.length).toBeGreaterThan(1);
      for (const one of report.requests) {
        expect(byteLength(one.fingerprint)).toBeGreaterThanOrEqual(8);
        expect(forbidden.test(one.fingerprint + (one.deviceName ?? ""))).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test("records never lose or invent a line, whatever the bytes", () => {
  const parts = fc.array(fc.constantFrom("a", ",", '"', '""', "\n", "\r\n", "\r"), { maxLength: 40 });
  fc.assert(
    fc.property(parts, (pieces) => {
      const text = pieces.join("");
      const lines = [...csvRecords(new TextEncoder().encode(text), 8)].map((record) => record.line);
      expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
      expect(lines.at(-1) ?? 1).toBeLessThanOrEqual(text.split("\n").length);
    }),
  );
});
