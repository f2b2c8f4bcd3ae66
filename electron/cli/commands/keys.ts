import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { exportPublicKeys } from "../../engine/keys/index.ts";
import type { Station } from "../../engine/station.ts";
import { readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, withStation } from "../open-station.ts";

/** `station keys export`: the public halves, and what to compare them by. */
export async function keysCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, { ...homeOptions, out: { type: "string" } }, { min: 1, max: 1 });
  if (args.positionals[0] !== "export") throw usage("The keys command knows export.");
  const out = args.need("out");
  return withStation<ExitCode>(args, io, async (station) => {
    const { files, fingerprints } = exportPublicKeys(station.keys, station.name);
    const all = { ...files, "licensing-keys.json": licensingKeys(station) };
    try {
      mkdirSync(out, { recursive: true });
      for (const [name, bytes] of Object.entries(all)) writeFileSync(join(out, name), bytes);
    } catch (error) {
      throw new StationError("HOME_UNREADABLE", `The folder ${out} cannot be written. Name another with --out.`, {
        cause: error,
      });
    }
    if (args.flag("json"))
      io.stdout(JSON.stringify({ station: station.name, out, files: Object.keys(all), fingerprints }));
    io.stderr(`Public keys of station "${station.name}" in ${out}. Read these out when you hand them over:`);
    for (const [name, fingerprint] of Object.entries(fingerprints)) io.stderr(`  ${name.padEnd(14)} ${fingerprint}`);
    return 0;
  });
}

/** Every licensing key this station believes, whichever server it came from; kids are the vendor's to keep apart. */
function licensingKeys(station: Station): Uint8Array {
  const keys: Record<string, string> = {};
  for (const { kid, public_key } of station.ledger.trustedSigningKeys()) keys[kid] = public_key;
  return utf8(`${canonicalJson(keys)}\n`);
}
