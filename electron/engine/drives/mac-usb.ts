import { z } from "zod";
import { parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";
import { plainSerial } from "./drive-report.ts";

export interface MacUsbPlace {
  /** The location id: one hexadecimal digit for each hub on the way from the controller. */
  readonly port: string;
  readonly serial: string | null;
}

/**
 * Where each USB disk is plugged in, by the identifier of the whole disk, out of `system_profiler SPUSBDataType
 * -json`. Empty for text of any other shape, and then no slot can be told.
 */
export function parseMacUsb(text: string): ReadonlyMap<string, MacUsbPlace> {
  const places = new Map<string, MacUsbPlace>();
  const visit = (item: Item): void => {
    // "0x14400000 / 7": the second number changes at every plugging.
    const location = /^0x([0-9a-f]{8})/i.exec(item.location_id ?? "")?.[1]?.toLowerCase();
    for (const [index, { bsd_name }] of (item.Media ?? []).entries()) {
      if (location === undefined || bsd_name === undefined) continue;
      places.set(bsd_name, { port: `usb-${location}:${index}`, serial: plainSerial(item.serial_num) });
    }
    for (const below of item._items ?? []) visit(below);
  };
  for (const bus of parse(text)) visit(bus);
  return places;
}

const item = z.object({
  location_id: z.string().max(64).optional(),
  serial_num: z.string().max(256).optional(),
  Media: z
    .array(z.object({ bsd_name: z.string().max(64).optional() }))
    .max(64)
    .optional(),
  get _items() {
    return z.array(item).max(256).optional();
  },
});
type Item = z.infer<typeof item>;
const output = z.object({ SPUSBDataType: z.array(item).max(64) });

function parse(text: string): readonly Item[] {
  try {
    const parsed = output.safeParse(parseStrictJson(text, { maxDepth: 40, maxValues: 100_000 }));
    return parsed.success ? parsed.data.SPUSBDataType : [];
  } catch (error) {
    if (error instanceof StrictJsonError) return [];
    throw error;
  }
}
