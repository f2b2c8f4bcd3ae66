import { z } from "zod";
import { failure, none, secret, text } from "./fields.ts";

/** Calls about what the station is set to, its lock and its rehearsals. Same rules as contract.ts. */

export const settings = z.strictObject({
  stationName: z.string().min(1).max(64),
  /** Name of whoever works; recorded with every batch. */
  operator: z.string().max(128),
  apiUrl: z.string().max(2048),
  proxy: z.string().max(2048),
  /** PEM of extra certification authorities, "" for none. */
  caPem: z.string().max(262_144),
  concurrency: z.int().min(1).max(128),
  language: z.enum(["en", "de"]),
  theme: z.enum(["system", "light", "dark", "contrast"]),
  profile: z.enum(["field", "factory"]),
  sounds: z.boolean(),
  slots: z.union([z.literal(1), z.literal(4), z.literal(8), z.literal(16)]),
  /** Works against the embedded sandbox instead of the real server. */
  rehearsal: z.boolean(),
  setUp: z.boolean(),
});
export const settingsView = settings.extend({
  apiKeySet: z.boolean(),
  custody: z.enum(["os", "passphrase", "account"]),
  keyFingerprints: z.strictObject({ ledger: text, manifest: text, minisign: text }),
  version: text,
});

/** What must be given before anything else can be asked. A home that is not made yet needs a new passphrase. */
export const lockState = z.strictObject({ needs: z.enum(["passphrase", "new-passphrase"]).nullable() });

export const settingsCalls = {
  "lock.state": { input: none, output: lockState },
  "lock.open": { input: z.strictObject({ secret }), output: lockState },

  "settings.get": { input: none, output: settingsView },
  "settings.update": { input: settings.partial(), output: settingsView },
  "settings.set-api-key": { input: z.strictObject({ secret }), output: settingsView },
  "settings.test-connection": {
    input: none,
    output: z.strictObject({
      ok: z.boolean(),
      apiVersion: text.nullable(),
      latencyMs: z.number().nullable(),
      problem: failure.nullable(),
    }),
  },
  "settings.choose-ca": { input: none, output: settingsView },
  "keys.export": { input: none, output: z.strictObject({ folder: text.nullable(), files: z.array(text) }) },

  "rehearsal.begin": { input: none, output: settingsView },
  "rehearsal.end": { input: none, output: settingsView },
} as const;
