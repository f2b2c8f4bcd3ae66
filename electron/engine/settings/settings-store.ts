import { join } from "node:path";
import type { z } from "zod";
import { settings as schema } from "#shared/ipc/settings-contract.ts";
import { openDocument } from "./document.ts";

export type Settings = Readonly<z.infer<typeof schema>>;

export interface SettingsStore {
  get(): Settings;
  /** Durable on return. @throws StationError HOME_UNREADABLE */
  update(changes: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Settings;
}

/** The public address of the licensing service; a station with a server of its own changes it. */
const publicApi = "https://licenseseat.com/api/v1";

/** @param stationName what a station that was not named yet is called */
export function firstSettings(stationName: string): Settings {
  return {
    stationName,
    operator: "",
    apiUrl: publicApi,
    proxy: "",
    caPem: "",
    concurrency: 32,
    language: "en",
    theme: "system",
    profile: "field",
    sounds: false,
    slots: 4,
    rehearsal: false,
    setUp: false,
  };
}

/** `settings.json`. A member that an older station did not write yet has its first value. */
export function openSettings(home: string, first: Settings): SettingsStore {
  const document = openDocument<Partial<Settings>>(
    join(home, "settings.json"),
    schema.partial() as z.ZodType<Partial<Settings>>,
    {},
  );
  const get = (): Settings => ({ ...first, ...document.get() });
  return {
    get,
    update: (changes) => {
      const known = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      document.set({ ...get(), ...known });
      return get();
    },
  };
}
