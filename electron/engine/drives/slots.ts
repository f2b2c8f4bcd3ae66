import { z } from "zod";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";

/** Which physical ports belong to which numbered slot of the bench. A port belongs to one slot at most. */
export type SlotMap = readonly SlotPlace[];

interface SlotPlace {
  /** From 1, as painted on the bench. */
  readonly slot: number;
  /** Newest first. One socket may be two ports to the system: one for USB 2 and one for USB 3. */
  readonly ports: readonly string[];
}

const slotLimit = 64;
const portsPerSlot = 4;

/** The slot a port belongs to; null: it was never taught. */
export function slotAt(map: SlotMap, port: string | null): number | null {
  if (port === null) return null;
  return map.find(({ ports }) => ports.includes(port))?.slot ?? null;
}

/** From now on this port belongs to this slot alone; a slot keeps its other ports, up to four. */
export function teachPort(map: SlotMap, slot: number, port: string): SlotMap {
  const before = map.find((one) => one.slot === slot)?.ports ?? [];
  const ports = [port, ...before.filter((one) => one !== port)].slice(0, portsPerSlot);
  const without = map
    .filter((one) => one.slot !== slot)
    .map((one): SlotPlace => ({ slot: one.slot, ports: one.ports.filter((other) => other !== port) }));
  return sorted([...without, { slot, ports }]);
}

/** The slot is as if it had never been taught. */
export function forgetSlot(map: SlotMap, slot: number): SlotMap {
  return map.filter((one) => one.slot !== slot);
}

/** The bytes of `slots.json` (DRIVES.md). */
export function formatSlotMap(map: SlotMap): Uint8Array {
  return utf8(`${JSON.stringify({ v: 1, slots: sorted(map) }, null, 2)}\n`);
}

/** Null for anything that is not such a file, a port in two slots among it: then nothing is taught, and nothing is guessed. */
export function parseSlotMap(bytes: Uint8Array): SlotMap | null {
  if (bytes.length > maxBytes) return null;
  let value: unknown;
  try {
    value = parseStrictJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { maxDepth: 5 });
  } catch (error) {
    if (error instanceof StrictJsonError || error instanceof TypeError) return null;
    throw error;
  }
  const parsed = file.safeParse(value);
  return parsed.success ? sorted(parsed.data.slots) : null;
}

const maxBytes = 65_536;
const file = z.strictObject({
  v: z.literal(1),
  slots: z
    .array(
      z.strictObject({
        slot: z.int().min(1).max(slotLimit),
        ports: z.array(z.string().min(1).max(512)).max(portsPerSlot),
      }),
    )
    .max(slotLimit)
    .refine((slots) => isUnique(slots.map(({ slot }) => slot)) && isUnique(slots.flatMap(({ ports }) => ports))),
});

function isUnique(values: readonly (string | number)[]): boolean {
  return new Set(values).size === values.length;
}

function sorted(map: SlotMap): SlotMap {
  return map.filter(({ ports }) => ports.length > 0).sort((a, b) => a.slot - b.slot);
}
