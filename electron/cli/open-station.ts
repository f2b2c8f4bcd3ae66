import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StationError } from "#shared/domain/errors.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import { accountSecretFile, custodyOf, type KeyRing, openKeyRing, type Sealing } from "../engine/keys/index.ts";
import { type Ledger, openLedger } from "../engine/ledger/ledger.ts";
import { systemClock } from "../engine/platform/clock.ts";
import { systemRandom } from "../engine/platform/random.ts";
import { defaultHome } from "../engine/platform/station-home.ts";
import { keyOfHead } from "../engine/rotate-key.ts";
import { knownStationName } from "../engine/station-file.ts";
import { createStation, type Station, type StationOptions } from "../engine/station.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/** Options every command with a home of its own takes. */
export const homeOptions = {
  "passphrase-file": { type: "string" },
  "station-name": { type: "string" },
  // Who stands for it, where the station has accounts (sign-in.ts).
  badge: { type: "string" },
  "pin-file": { type: "string" },
} as const;

/** Where the station's data lies: `--home`, STATION_HOME, or the platform's place for an application's data. */
export function homeOf(args: Args, io: Io): string {
  return args.text("home") || io.env["STATION_HOME"] || defaultHome(io.env, process.platform, homedir());
}

/** Runs `work` with the station of this home and closes it whatever happens. @throws StationError */
export async function withStation<T>(
  args: Args,
  io: Io,
  work: (station: Station) => Promise<T>,
  more: Pick<StationOptions, "openStick" | "predecessor"> = {},
): Promise<T> {
  const home = homeOf(args, io);
  const sealing = sealingOf(args, io, home);
  const isNew = custodyOf(home) === null;
  const station = await createStation({
    home,
    sealing,
    name: args.text("station-name") ?? io.env["STATION_NAME"] ?? null,
    version: stationVersion(),
    env: io.env,
    ...(io.clock === undefined ? {} : { clock: io.clock }),
    ...more,
  });
  try {
    if (isNew) io.stderr(`New station "${station.name}" in ${home}. ${custodyText(sealing)}`);
    return await work(station);
  } finally {
    await station.close();
  }
}

/** What reading a ledger takes; the home is not locked, so a station may be at work on it. */
export interface LedgerReader {
  readonly name: string;
  readonly keys: KeyRing;
  readonly home: string;
  readonly ledgerPath: string;
  /** The ledger's public key as a C2SP vkey. */
  readonly vkey: string;
  /** Only its head is verified. The caller closes it. */
  openLedger(): Promise<Ledger>;
}

/** @throws StationError USAGE when the home was never used; KEYS_UNREADABLE */
export async function withReader<T>(args: Args, io: Io, work: (reader: LedgerReader) => Promise<T>): Promise<T> {
  const home = homeOf(args, io);
  const name = knownStationName(home);
  if (name === null)
    throw new StationError(
      "USAGE",
      `There is no station in ${home}. Name its data folder with --home or STATION_HOME.`,
    );
  const keys = await openKeyRing({
    home,
    sealing: sealingOf(args, io, home),
    random: systemRandom,
    clock: systemClock,
    mayCreate: false,
  });
  const ledgerPath = join(home, "ledger.db");
  const key = keyOfHead(keys, name, ledgerPath);
  const signer = { key, sign: (message: Uint8Array) => keys.sign("ledger", message) };
  return work({
    name,
    home,
    keys,
    ledgerPath,
    vkey: formatVkey(key),
    openLedger: () => openLedger({ path: ledgerPath, origin: name, signer, clock: systemClock, readOnly: true }),
  });
}

/** A secret from a file or the environment, never from an argument. @throws StationError USAGE, SECRET_MISSING */
export function secretFrom(file: string | null, variable: string, io: Io): string | null {
  if (file === null) return io.env[variable] || null;
  const text = readSmallFile(file).trim();
  if (text === "") throw new StationError("SECRET_MISSING", "The file that should hold the secret is empty.");
  return text;
}

/** @throws StationError USAGE when it cannot be read or is over 1 MiB */
export function readSmallFile(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= 1_048_576) return bytes.toString("utf8");
  } catch {
    // Said below: the system's own sentence would name no next step.
  }
  throw new StationError("USAGE", `The file ${file} cannot be read. Check its name and permissions.`);
}

export function stationVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8"),
  );
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "0.0.0";
}

function sealingOf(args: Args, io: Io, home: string): Sealing {
  const passphrase = secretFrom(args.text("passphrase-file"), "STATION_PASSPHRASE", io);
  if (passphrase !== null) return { custody: "passphrase", passphrase };
  if (custodyOf(home) === "passphrase") {
    throw new StationError(
      "SECRET_MISSING",
      "This station's keys are sealed with a passphrase. Set STATION_PASSPHRASE or name a --passphrase-file.",
    );
  }
  return { custody: "account", file: accountSecretFile(io.env, process.platform, homedir()) };
}

function custodyText(sealing: Sealing): string {
  return sealing.custody === "passphrase"
    ? "Its keys are sealed with your passphrase."
    : "Its keys are sealed to your user account on this machine; set STATION_PASSPHRASE before first use to seal them with a passphrase instead.";
}
