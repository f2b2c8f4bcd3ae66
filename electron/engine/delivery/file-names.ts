import { must } from "#shared/formats/encoding.ts";

/** What a name on the stick is made of. */
export interface NamedDevice {
  readonly deviceName: string | null;
  /** Lower-case hex. */
  readonly fingerprintSha256: string;
}

const longestDevicePart = 40;

/**
 * `<device>-<fp8>` for each device, in the order given (DELIVERY.md, "Names"). Which device gets which name depends
 * on the set alone, not on its order; no two names are equal when case is ignored.
 */
export function deliveryNames(devices: readonly NamedDevice[]): readonly string[] {
  const taken = new Set<string>();
  const names = new Map<number, string>();
  const order = devices.map((device, index) => ({ device, index })).sort(bySet);
  for (const { device, index } of order) names.set(index, freeName(device, taken));
  return devices.map((_, index) => must(names.get(index), "a delivery name"));
}

/** ASCII letters, digits and single `-`, 1 to 40 characters, no name that Windows keeps for itself. */
function safeDevicePart(deviceName: string | null): string {
  const ascii = transliterate(deviceName ?? "")
    .replace(/[^0-9A-Za-z]+/g, "-")
    .replace(/^-/, "");
  const part = ascii.slice(0, longestDevicePart).replace(/-$/, "");
  if (part === "") return "device";
  return reserved.test(part) ? `device-${part}` : part;
}

// Latin letters that no decomposition leads back to ASCII.
const letters: Readonly<Record<string, string>> = {
  ß: "ss",
  ẞ: "SS",
  æ: "ae",
  Æ: "AE",
  œ: "oe",
  Œ: "OE",
  ø: "o",
  Ø: "O",
  đ: "d",
  Đ: "D",
  ð: "d",
  Ð: "D",
  þ: "th",
  Þ: "TH",
  ł: "l",
  Ł: "L",
  ħ: "h",
  Ħ: "H",
  ı: "i",
};

const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

function transliterate(name: string): string {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").replace(/./gsu, letterFor);
}

function letterFor(character: string): string {
  return (Object.hasOwn(letters, character) ? letters[character] : undefined) ?? character;
}

function freeName(device: NamedDevice, taken: Set<string>): string {
  const part = safeDevicePart(device.deviceName);
  const tail = device.fingerprintSha256.slice(0, 8);
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? "" : `-${count}`;
    const name = `${part.slice(0, longestDevicePart - suffix.length).replace(/-$/, "")}${suffix}-${tail}`;
    const folded = name.toLowerCase();
    if (taken.has(folded)) continue;
    taken.add(folded);
    return name;
  }
}

type Placed = { readonly device: NamedDevice; readonly index: number };

function bySet(a: Placed, b: Placed): number {
  return (
    compare(a.device.fingerprintSha256, b.device.fingerprintSha256) ||
    compare(a.device.deviceName ?? "", b.device.deviceName ?? "") ||
    a.index - b.index
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
