import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { heldSeat } from "../../engine/batch/held-seat.ts";
import type { Station } from "../../engine/station.ts";
import { apiAccess, apiOptions } from "../api-access.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { licenseKeysFrom } from "../license-keys.ts";
import { homeOptions, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  ...apiOptions,
  device: { type: "string" },
  license: { type: "string", multiple: true },
  "license-file": { type: "string" },
  product: { type: "string" },
  reason: { type: "string" },
} as const;

/** `station deactivate`: one device gives its seat back. */
export async function deactivateCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const fingerprint = args.need("device");
  const licenseKeys = licenseKeysFrom(args);
  const api = apiAccess(args, io);
  return withStation<ExitCode>(args, io, async (station) => {
    await signIn(station.operators, args, io, "devices.deactivate");
    const job = { fingerprint, ...seatOf(station, fingerprint, licenseKeys, args), reason: args.text("reason") };
    const { activationId, ledgerIndex } = await station.deactivate(job, api, io.signal);
    if (args.flag("json")) {
      io.stdout(
        JSON.stringify({ fingerprint, product: job.product, activation_id: activationId, ledger_index: ledgerIndex }),
      );
    }
    io.stderr(
      activationId === null
        ? `The device holds no seat of ${job.product} under this licence. Entry ${ledgerIndex} says so.`
        : `The seat ${activationId} of ${job.product} is given back; entry ${ledgerIndex} says so. The device's file still opens until it expires.`,
    );
    return 0;
  });
}

/** The licence under which the ledger has the device, out of those given; a device it does not know needs one of each. */
function seatOf(station: Station, fingerprint: string, licenseKeys: readonly string[], args: Args) {
  const held = heldSeat(station.ledger, sha256Hex(utf8(fingerprint)));
  const own = licenseKeys.find((key) => sha256Hex(utf8(key)) === held?.licenseSha256);
  const licenseKey = own ?? (licenseKeys.length === 1 ? licenseKeys[0] : undefined);
  if (licenseKey === undefined) throw usage("Name the licence that the device has its seat under with --license.");
  return { licenseKey, product: args.text("product") ?? held?.product ?? args.need("product") };
}
