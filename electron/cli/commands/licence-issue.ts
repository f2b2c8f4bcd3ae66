import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8, hex, utf8 } from "#shared/formats/encoding.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import { parseVkey } from "#shared/formats/signed-note.ts";
import { issueLicenseJwt, issueRecovery, issueStationLicence } from "../../engine/authority/issue-token.ts";
import { type IssuerKey, makeIssuerKey, maxIssuerKeyBytes, openIssuerKey } from "../../engine/keys/issuer-key.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { createOwnFile, readOwnFile, replaceOwnFile } from "../../engine/platform/durable-file.ts";
import { systemRandom } from "../../engine/platform/random.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { secretFrom } from "../open-station.ts";

/** What a vendor does: keys of his own, and licences signed with them. None of it needs a station's home. */

const text = { type: "string" } as const;
const passphraseOption = { "issuer-passphrase-file": text } as const;

/** `station licence key new`: a key pair for issuing. */
export async function newIssuerKey(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, { ...passphraseOption, form: text, out: text, unsealed: { type: "boolean" } });
  const kind = formOf(args) === "jwt" ? "rsa" : "ed25519";
  const passphrase = passphraseOf(args, io);
  if ((passphrase === null) !== args.flag("unsealed")) {
    throw usage(
      "A new key is sealed with STATION_ISSUER_PASSPHRASE or --issuer-passphrase-file; --unsealed leaves it readable to whoever can read the file.",
    );
  }
  const out = args.need("out");
  const { file, publicPem } = await makeIssuerKey(kind, passphrase, systemRandom);
  makeFolder(out);
  const names = { private: join(out, `issuer-${kind}.key`), public: join(out, `issuer-${kind}.pem`) };
  if (!createOwnFile(names.private, file)) throw usage(`There is a key already: ${names.private}.`);
  replaceOwnFile(names.public, utf8(publicPem));
  if (args.flag("json")) io.stdout(JSON.stringify({ kind, private_key: names.private, public_key: names.public }));
  io.stderr(`The private key is ${names.private}; keep it where you issue. Stations get ${names.public}.`);
  return 0;
}

const issueOptions = {
  ...passphraseOption,
  form: text,
  key: text,
  customer: text,
  email: text,
  tier: text,
  expires: text,
  "max-devices": text,
  "max-packages": text,
  "grace-days": text,
  "read-only-days": text,
  "max-offline-days": text,
  "daily-quota": text,
  burst: text,
  station: text,
  sku: text,
  id: text,
  recovery: { type: "boolean" },
  event: text,
  out: text,
} as const;

/** `station licence issue`: a licence, or the word with which a station goes on after a tamper event. */
export async function issueLicence(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, issueOptions);
  const key = await openIssuerKey(fileBytes(args.need("key")), passphraseOf(args, io));
  const { token, ...summary } = args.flag("recovery") ? recovery(args, key) : await licence(args, key);
  const out = args.text("out");
  if (out !== null) replaceOwnFile(out, utf8(`${token}\n`));
  // A licence is the customer's secret: with a file to put it in, it is not shown as well.
  if (args.flag("json")) io.stdout(JSON.stringify({ ...summary, ...(out === null ? { token } : { file: out }) }));
  else if (out === null) io.stdout(token);
  io.stderr(`Issued ${summary.kind} ${summary.id}${out === null ? "" : ` to ${out}`}.`);
  return 0;
}

interface Issued {
  readonly token: string;
  readonly kind: string;
  readonly id: string;
  readonly expires_at: string | null;
}

function licence(args: Args, key: IssuerKey): Promise<Issued> {
  const form = args.text("form") === null ? (key.kind === "rsa" ? "jwt" : "ed25519") : formOf(args);
  if ((form === "jwt") !== (key.kind === "rsa"))
    throw usage("--form ed25519 takes an Ed25519 key, --form jwt an RSA key.");
  return form === "jwt" ? jwt(args, key) : station(args, key);
}

async function station(args: Args, key: IssuerKey): Promise<Issued> {
  refuse(args, ["sku", "event"], "an Ed25519 licence");
  const id = args.text("id") ?? hex(systemRandom.bytes(16));
  const expires_at = secondsText(expiryOf(args));
  const quota = limit(args, "daily-quota", 1_000_000_000);
  const token = await issueStationLicence(
    {
      customer_name: args.need("customer"),
      customer_email: args.text("email"),
      tier: args.need("tier"),
      expires_at,
      max_devices: limit(args, "max-devices", 1_000_000_000),
      max_packages: limit(args, "max-packages", 1_000_000_000),
      grace_period_days: args.integer("grace-days", 0, 3650) ?? 0,
      read_only_period_days: args.integer("read-only-days", 0, 3650) ?? 0,
      max_offline_days: args.integer("max-offline-days", 1, 365) ?? 1,
      licence_id: id,
      issued_at: secondsText(systemClock.now()),
      ...(quota === null ? {} : { daily_quota: quota }),
      ...burstOf(args),
      ...(args.text("station") === null ? {} : { station: stationOf(args) }),
    },
    key,
  );
  return { token, kind: "licence", id, expires_at };
}

async function jwt(args: Args, key: IssuerKey): Promise<Issued> {
  const notInJwt = [
    "email",
    "max-devices",
    "max-packages",
    "grace-days",
    "read-only-days",
    "daily-quota",
    "burst",
    "station",
    "event",
  ];
  refuse(args, notInJwt, "a JSON Web Token");
  const tier = args.integer("tier", 0, 1_000_000_000);
  if (tier === null) throw usage("--tier is missing: of a JSON Web Token it is the number of runs a day.");
  const tid = args.text("id") ?? hex(systemRandom.bytes(32));
  const offline = args.integer("max-offline-days", 1, 365);
  const exp = Math.floor(expiryOf(args).getTime() / 1000);
  const iat = Math.floor(systemClock.now().getTime() / 1000);
  const claims = { sub: args.need("customer"), iat, exp, tier, tid, pkg: args.need("sku") };
  const token = await issueLicenseJwt(offline === null ? claims : { ...claims, max_offline_days: offline }, key);
  return { token, kind: "licence", id: tid, expires_at: secondsText(new Date(exp * 1000)) };
}

function recovery(args: Args, key: IssuerKey): Issued {
  if (key.kind !== "ed25519") throw usage("A recovery token takes an Ed25519 key.");
  const event = args.need("event");
  if (!/^[0-9a-f]{64}$/.test(event)) throw usage("--event takes the 64 hex digits that the station shows.");
  const claims = { station: stationOf(args), event, issued_at: secondsText(systemClock.now()) };
  return { token: issueRecovery(claims, key), kind: "recovery", id: event, expires_at: null };
}

/** Whoever asks for a limit that the form has no place for must not believe it was set. */
function refuse(args: Args, names: readonly string[], form: string): void {
  const given = names.find((name) => args.text(name) !== null);
  if (given !== undefined) throw usage(`--${given} does not go with ${form}.`);
}

function formOf(args: Args): "ed25519" | "jwt" {
  const form = args.need("form");
  if (form === "ed25519") return form;
  if (form === "jwt" || form === "rsa") return "jwt";
  throw usage("--form takes ed25519, or jwt for RSA.");
}

/** A day, meaning its end, or an instant. */
function expiryOf(args: Args): Date {
  const given = args.need("expires");
  const at = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(given) ? `${given}T23:59:59Z` : given);
  if (at === null) throw usage("--expires takes a day as 2027-06-30, or an instant as 2027-06-30T12:00:00Z.");
  return new Date(at);
}

function limit(args: Args, name: string, most: number): number | null {
  return args.text(name) === "none" ? null : args.integer(name, 0, most);
}

function burstOf(args: Args): { burst?: { count: number; seconds: number } | null } {
  const given = args.text("burst");
  if (given === null) return {};
  if (given === "none") return { burst: null };
  const [, count = "", seconds = ""] = /^(\d{1,7})\/(\d{1,5})$/.exec(given) ?? [];
  if (count === "") throw usage("--burst takes a count and seconds as 30/60, or none.");
  return { burst: { count: Number(count), seconds: Number(seconds) } };
}

/** A station by its ledger key: the vkey file it exports, or the SHA-256 of the key. */
function stationOf(args: Args): string {
  const given = args.need("station");
  if (/^[0-9a-f]{64}$/.test(given)) return given;
  try {
    return publicKeyFingerprint(parseVkey((fromUtf8(fileBytes(given)) ?? "").replace(/\n$/, "")).publicKey);
  } catch (error) {
    if (error instanceof StationError && error.code === "USAGE") throw error;
    throw usage("--station takes a ledger.vkey as keys export writes it, or the SHA-256 of that key.");
  }
}

function secondsText(at: Date): string {
  return new Date(Math.floor(at.getTime() / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

function passphraseOf(args: Args, io: Io): string | null {
  return secretFrom(args.text("issuer-passphrase-file"), "STATION_ISSUER_PASSPHRASE", io);
}

function fileBytes(path: string): Uint8Array {
  const file = readOwnFile(path, maxIssuerKeyBytes);
  if (file === null) throw usage(`There is no file ${path}.`);
  return file.bytes;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StationError("HOME_UNREADABLE", `The folder ${path} cannot be made. Name another with --out.`, { cause });
  }
}
