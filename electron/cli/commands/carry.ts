import { StationError } from "#shared/domain/errors.ts";
import {
  type CarriedKind,
  carryProblem,
  checkCarriedName,
  defaultFileNames,
  readCarried,
} from "../../engine/authority/carry.ts";
import { maxVendorKeyBytes, parseVendorKey } from "../../engine/authority/vendor-key.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { readOwnFile } from "../../engine/platform/durable-file.ts";
import { type Args, readArgs, usage } from "../args.ts";
import { type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

const text = { type: "string" } as const;
const options = {
  ...homeOptions,
  stick: text,
  "token-file": text,
  "vendor-key": text,
  kind: text,
  target: text,
  "file-name": text,
  operator: text,
  "work-order": text,
} as const;

/** `station carry`: brings a licence for another product to a stick, verified and logged like any delivery. */
export async function carryCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const stick = args.need("stick");
  const vendorKey = parseVendorKey(fileBytes(args.need("vendor-key")), false);
  const now = systemClock.now();
  const carried = await readCarried(fileBytes(args.need("token-file")), [vendorKey], kindOf(args), now);
  const problem = carryProblem(carried, now);
  if (problem !== null) throw problem;
  const fileName = checkCarriedName(args.text("file-name") ?? defaultFileNames[carried.kind]);
  const job = {
    carried,
    vendorKey,
    fileName,
    target: shortText(args, "target"),
    operator: shortText(args, "operator"),
    workOrder: shortText(args, "work-order"),
  };
  return withStation<ExitCode>(args, io, async (station) => {
    await signIn(station.operators, args, io, "carry.deliver");
    const outcome = await station.carry(stick, job, { signal: io.signal, step: () => {} });
    const { licence } = carried;
    if (args.flag("json")) {
      io.stdout(
        JSON.stringify({
          batch: outcome.batch,
          folder: outcome.folder,
          file_name: outcome.fileName,
          ledger_index: outcome.ledgerIndex,
          kind: carried.kind,
          customer: licence.customer.name,
          tier: licence.tier,
          licence_id: licence.id,
          expires_at: licence.expiresAt.toISOString(),
          file_sha256: carried.fileSha256,
          vendor_key_sha256: vendorKey.sha256,
          delivery: outcome.delivery,
          error: outcome.problem,
        }),
      );
    }
    if (outcome.problem !== null) {
      io.stderr(`${outcome.problem.message} [${outcome.problem.code}]`);
      return exitCodeOf(outcome.problem.code);
    }
    io.stderr(
      `Licence ${licence.id} for ${licence.customer.name}, until ${licence.expiresAt.toISOString()}: ${outcome.folder}/${outcome.fileName}`,
    );
    return 0;
  });
}

function kindOf(args: Args): CarriedKind | null {
  const kind = args.text("kind");
  if (kind === null || kind === "sentari" || kind === "stella") return kind;
  throw usage("--kind takes sentari or stella.");
}

/** Goes into ledger and manifest, so it stays within what they hold. */
function shortText(args: Args, name: string): string | null {
  const value = args.text(name);
  if (value === null || value.length <= 128) return value;
  throw usage(`--${name} takes at most 128 characters.`);
}

function fileBytes(path: string): Uint8Array {
  const file = readOwnFile(path, 8 * maxVendorKeyBytes);
  if (file === null) throw new StationError("USAGE", `There is no file ${path}. Check its name.`);
  return file.bytes;
}
