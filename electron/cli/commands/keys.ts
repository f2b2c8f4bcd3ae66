import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { licensingKeyFiles, stationKeyFiles } from "../../engine/exported-keys.ts";
import type { KeyUse } from "../../engine/keys/index.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  out: { type: "string" },
  use: { type: "string" },
  operator: { type: "string" },
} as const;

/** `station keys export | rotate`. */
export async function keysCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 1 });
  const [action] = args.positionals;
  if (action === "export") return exportTo(args.need("out"), args, io);
  if (action === "rotate") return rotate(useOf(args.need("use")), args, io);
  throw usage("The keys command knows export and rotate.");
}

/** The public halves, and what to compare them by. */
async function exportTo(out: string, args: Args, io: Io): Promise<ExitCode> {
  return withStation<ExitCode>(args, io, async (station) => {
    const { files, fingerprints, spkiSha256 } = stationKeyFiles(station.keys, station.ledger, station.name);
    const all = { ...files, ...licensingKeyFiles(station.ledger) };
    try {
      mkdirSync(out, { recursive: true });
      for (const [name, bytes] of Object.entries(all)) writeFileSync(join(out, name), bytes);
    } catch (error) {
      throw new StationError("HOME_UNREADABLE", `The folder ${out} cannot be written. Name another with --out.`, {
        cause: error,
      });
    }
    if (args.flag("json")) {
      const told = { fingerprints, spki_sha256: spkiSha256 };
      io.stdout(JSON.stringify({ station: station.name, out, files: Object.keys(all), ...told }));
    }
    io.stderr(`Public keys of station "${station.name}" in ${out}. Read these out when you hand them over:`);
    for (const [name, fingerprint] of Object.entries(fingerprints)) io.stderr(`  ${name.padEnd(14)} ${fingerprint}`);
    io.stderr(`  ${"minisign.pub".padEnd(14)} ${spkiSha256.minisign} (SHA-256, as for the PEM files)`);
    return 0;
  });
}

async function rotate(use: KeyUse, args: Args, io: Io): Promise<ExitCode> {
  return withStation<ExitCode>(args, io, async (station) => {
    await signIn(station.operators, args, io, "keys.rotate");
    const rotated = station.rotateKey(use, { operator: args.text("operator") });
    const { index, oldFingerprint, newFingerprint } = rotated;
    if (args.flag("json")) {
      io.stdout(JSON.stringify({ station: station.name, use, entry: index, old: oldFingerprint, new: newFingerprint }));
    }
    io.stderr(`The ${use} key of station "${station.name}" was replaced; entry ${index} of the ledger says so.`);
    io.stderr(`  old ${oldFingerprint}\n  new ${newFingerprint}`);
    io.stderr("Export the public keys again (station keys export) and hand them to whoever checks your sticks.");
    return 0;
  });
}

function useOf(text: string): KeyUse {
  if (text === "ledger" || text === "manifest" || text === "minisign") return text;
  throw usage("--use is ledger, manifest or minisign.");
}
