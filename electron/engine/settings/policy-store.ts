import { join } from "node:path";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { checkPolicy, policyPresets } from "#shared/domain/policy.ts";
import { policyView } from "#shared/ipc/job-contract.ts";
import { hex } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";
import { openDocument } from "./document.ts";

export type NamedPolicy = Readonly<z.infer<typeof policyView>>;

export interface PolicyStore {
  /** The presets, then the station's own. */
  list(): readonly NamedPolicy[];
  byId(id: string): NamedPolicy | null;
  /** A null id makes a new one. @throws StationError POLICY_TTL, POLICY_GRACE, USAGE */
  save(policy: {
    readonly id: string | null;
    readonly label: string;
    readonly ttlDays: number;
    readonly graceDays: number;
  }): NamedPolicy;
  /** @throws StationError USAGE for a preset */
  remove(id: string): void;
}

/** English names; a window shows its own by id. */
const presetLabels = {
  consumer: "Consumer laptop",
  field: "Field equipment",
  "air-gapped": "Air-gapped industrial system",
} as const;
export const presets: readonly NamedPolicy[] = policyPresets.map((preset) => ({
  ...preset,
  label: presetLabels[preset.id],
  preset: true,
}));

export function openPolicies(home: string, random: Random): PolicyStore {
  const document = openDocument<readonly NamedPolicy[]>(join(home, "policies.json"), z.array(policyView).max(500), []);
  const list = () => [...presets, ...document.get()];
  const byId = (id: string) => list().find((one) => one.id === id) ?? null;
  const refusePreset = (id: string) => {
    if (byId(id)?.preset === true)
      throw new StationError("USAGE", "A preset stays as it is. Save your own policy instead.");
  };
  return {
    list,
    byId,
    save: ({ id, label, ttlDays, graceDays }) => {
      checkPolicy({ ttlDays, graceDays });
      if (id !== null) refusePreset(id);
      if (id !== null && byId(id) === null)
        throw new StationError("USAGE", "That policy is not in the list any more. Save it as a new one.");
      const saved: NamedPolicy = {
        id: id ?? `policy-${hex(random.bytes(8))}`,
        label,
        ttlDays,
        graceDays,
        preset: false,
      };
      const own = document.get();
      document.set(id === null ? [...own, saved] : own.map((one) => (one.id === id ? saved : one)));
      return saved;
    },
    remove: (id) => {
      refusePreset(id);
      document.set(document.get().filter((one) => one.id !== id));
    },
  };
}
