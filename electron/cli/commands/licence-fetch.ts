import { utf8 } from "#shared/formats/encoding.ts";
import { registerLicence, refreshLicence } from "../../engine/authority/issuer-client.ts";
import { maxVendorKeyBytes, parseVendorKey } from "../../engine/authority/vendor-key.ts";
import { takeFetched } from "../../engine/authority/station-authority.ts";
import { tokenText } from "../../engine/authority/verify-token.ts";
import { withIssuer } from "../../engine/issuer-access.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { readOwnFile, replaceOwnFile } from "../../engine/platform/durable-file.ts";
import { systemRandom } from "../../engine/platform/random.ts";
import { readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, readSmallFile, stationVersion, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

const text = { type: "string" } as const;

/** `station licence key add FILE`: believes a vendor's public key from now on; the ledger says since when and by whom. */
export async function addVendorKey(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, { ...homeOptions, operator: text }, { min: 1, max: 1 });
  const pem = ownFile(args.positionals[0] ?? "");
  return withStation<ExitCode>(args, io, async (station) => {
    await signIn(station.operators, args, io, "licence.add-vendor-key");
    const added = station.addVendorKey(pem, args.text("operator"));
    const { kind, sha256 } = parseVendorKey(pem, false);
    if (args.flag("json")) io.stdout(JSON.stringify({ kind, sha256, added }));
    io.stderr(`${added ? "Added" : "Known already"}: ${kind} key ${sha256}. Compare this with the vendor's own word.`);
    return 0;
  });
}

const fetchOptions = {
  ...homeOptions,
  issuer: text,
  email: text,
  refresh: { type: "boolean" },
  "token-file": text,
  out: text,
  proxy: text,
  ca: text,
} as const;

/**
 * `station licence fetch`: a token for an address, or a fresh one for a token that is held, verified against the vendor
 * keys this station knows. It is taken into force, or only written to a file where one is named.
 */
export async function fetchLicence(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, fetchOptions);
  const out = args.text("out");
  const isRefresh = args.flag("refresh");
  if (isRefresh === (args.text("email") !== null)) throw usage("Give either --email or --refresh.");
  const file = args.text("token-file");
  const given = file === null ? null : tokenText(ownFile(file));
  const ca = args.text("ca");
  const access = { url: args.need("issuer"), proxy: args.text("proxy"), caPem: ca === null ? null : readSmallFile(ca) };
  const parts = { env: io.env, clock: systemClock, version: stationVersion() };
  return withStation<ExitCode>(args, io, (station) =>
    withIssuer(access, parts, async (ask): Promise<ExitCode> => {
      await signIn(station.operators, args, io, "licence.fetch");
      const now = systemClock.now();
      const question = { ask, vendorKeys: station.vendorKeys(), random: systemRandom, now, signal: io.signal };
      const held = isRefresh ? (given ?? station.authority.token()) : null;
      if (isRefresh && held === null) throw usage("No licence is in force to refresh; name a --token-file.");
      const fetched = await (held === null
        ? registerLicence(args.need("email"), question)
        : refreshLicence(held, question));
      if (out === null) await takeFetched(station.authority, fetched);
      else replaceOwnFile(out, utf8(`${fetched.token}\n`));
      const { licence, contactAt } = fetched;
      const contact_at = contactAt?.toISOString() ?? null;
      const summary = { id: licence.id, form: licence.form, expires_at: licence.expiresAt.toISOString(), contact_at };
      if (args.flag("json")) io.stdout(JSON.stringify({ ...summary, file: out }));
      io.stderr(`Licence ${licence.id} until ${summary.expires_at} is in ${out ?? "force"}.`);
      return 0;
    }),
  );
}

function ownFile(path: string): Uint8Array {
  const file = readOwnFile(path, 8 * maxVendorKeyBytes);
  if (file === null) throw usage(`There is no file ${path}.`);
  return file.bytes;
}
