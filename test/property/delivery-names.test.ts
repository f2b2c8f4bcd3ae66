import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deliveryNames, type NamedDevice } from "../../electron/engine/delivery/file-names.ts";

const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;
const device = fc.record({
  deviceName: fc.option(
    fc.oneof(fc.string({ unit: "grapheme", maxLength: 80 }), fc.constantFrom("CON", "nul", "Com1", "pump", "PUMP")),
  ),
  // Few different beginnings, so that the eight digits collide often.
  fingerprintSha256: fc
    .tuple(fc.constantFrom("00000000", "abcdef01"), fc.nat())
    .map(([start, rest]) => start + sha256(`${rest}`).slice(8)),
});
const devices = fc.uniqueArray(device, { selector: (one) => one.fingerprintSha256, maxLength: 40 });

describe("names of a delivery's files", () => {
  test("are safe on FAT, NTFS and ext, and carry the fingerprint's eight digits", () => {
    fc.assert(
      fc.property(devices, (all) => {
        for (const [i, name] of deliveryNames(all).entries()) {
          const [, part, digits] = /^([0-9A-Za-z](?:-?[0-9A-Za-z])*)-([0-9a-f]{8})$/.exec(name) ?? [];
          expect(part?.length).toBeLessThanOrEqual(40);
          expect(reserved.test(part ?? "")).toBe(false);
          expect(digits).toBe(all[i]?.fingerprintSha256.slice(0, 8));
        }
      }),
    );
  });

  test("are each once in a folder that ignores case", () => {
    fc.assert(
      fc.property(devices, (all) => {
        expect(new Set(deliveryNames(all).map((name) => name.toLowerCase())).size).toBe(all.length);
      }),
    );
  });

  test("depend on the set of devices and not on its order", () => {
    fc.assert(
      fc.property(devices, fc.infiniteStream(fc.nat()), (all, random) => {
        const shuffled = all
          .map((one) => ({ one, at: random.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(named(shuffled)).toEqual(named(all));
      }),
    );
  });

  test.each([
    ["Pumpe Süd / Halle 3", "Pumpe-Sud-Halle-3"],
    ["Straße", "Strasse"],
    ["Łódź – Ørsted", "Lodz-Orsted"],
    ["ＡＢＣ", "ABC"],
    ["../../etc/passwd", "etc-passwd"],
    ["泵", "device"],
    [null, "device"],
    ["aux", "device-aux"],
    ["x".repeat(60), "x".repeat(40)],
    [`${"x".repeat(39)} y`, "x".repeat(39)],
  ])("make %j into %j", (deviceName, part) => {
    expect(deliveryNames([{ deviceName, fingerprintSha256: "0".repeat(64) }])).toEqual([`${part}-00000000`]);
  });

  test("tell apart what would be one file, within the forty characters", () => {
    const at = (end: string): string => `00000000${end.padStart(56, "0")}`;
    const longest = "y".repeat(40);
    const names = deliveryNames([
      { deviceName: "Pump", fingerprintSha256: at("2") },
      { deviceName: "pump", fingerprintSha256: at("1") },
      { deviceName: longest, fingerprintSha256: at("4") },
      { deviceName: longest, fingerprintSha256: at("3") },
    ]);
    expect(names).toEqual(["Pump-2-00000000", "pump-00000000", `${"y".repeat(38)}-2-00000000`, `${longest}-00000000`]);
  });
});

function named(devices: readonly NamedDevice[]): Readonly<Record<string, string>> {
  const names = deliveryNames(devices);
  return Object.fromEntries(devices.map((one, i) => [one.fingerprintSha256, names[i] ?? ""]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
