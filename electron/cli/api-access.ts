import { StationError } from "#shared/domain/errors.ts";
import { parseStrictJson } from "#shared/formats/strict-json.ts";
import { fromBase64 } from "#shared/formats/encoding.ts";
import type { ApiAccess } from "../engine/batch/job.ts";
import { type Args, usage } from "./args.ts";
import type { Io } from "./io.ts";
import { readSmallFile, secretFrom } from "./open-station.ts";

export const apiOptions = {
  api: { type: "string" },
  "api-key-file": { type: "string" },
  concurrency: { type: "string" },
  proxy: { type: "string" },
  ca: { type: "string" },
  "signing-keys": { type: "string" },
  "accept-signing-key": { type: "string" },
} as const;

const publicApi = "https://licenseseat.com/api/v1";
export const defaultConcurrency = 32;

/** @throws StationError USAGE, API_UNAUTHORIZED when no API key is at hand */
export function apiAccess(args: Args, io: Io): ApiAccess {
  const apiKey = secretFrom(args.text("api-key-file"), "LICENSESEAT_API_KEY", io);
  if (apiKey === null) {
    throw new StationError(
      "API_UNAUTHORIZED",
      "No API key is at hand. Set LICENSESEAT_API_KEY, or name a file that holds it with --api-key-file.",
    );
  }
  const ca = args.text("ca");
  return {
    url: args.text("api") ?? io.env["LICENSESEAT_API_URL"] ?? publicApi,
    apiKey,
    proxy: args.text("proxy"),
    caPem: ca === null ? null : readSmallFile(ca),
    concurrency: args.integer("concurrency", 1, 128) ?? defaultConcurrency,
    pinnedKeys: pinnedKeys(args.text("signing-keys")),
    acceptSigningKey: args.text("accept-signing-key"),
  };
}

/** The form of `licensing-keys.json`: kid -> standard base64 of the raw 32 bytes. */
function pinnedKeys(file: string | null): ReadonlyMap<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  if (file === null) return keys;
  let value: unknown;
  try {
    value = parseStrictJson(readSmallFile(file));
  } catch (error) {
    if (error instanceof StationError) throw error;
    throw usage(`${file} is not JSON.`);
  }
  for (const [kid, text] of Object.entries(typeof value === "object" && value !== null ? value : {})) {
    const key = typeof text === "string" ? fromBase64(text) : null;
    if (key?.length !== 32) throw usage(`The key "${kid}" in ${file} is not 32 bytes of standard base64.`);
    keys.set(kid, key);
  }
  if (keys.size === 0) throw usage(`${file} holds no key.`);
  return keys;
}
