import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { StationError } from "#shared/domain/errors.ts";
import { cosignerType } from "#shared/formats/cosignature.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import { cosignerKey, cosignFor } from "../../engine/cosigner.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import {
  addWitness,
  askWitness,
  contradictions,
  cosignedCheckpoints,
  setWitnessPolicy,
  witnessPolicy,
} from "../../engine/witnesses.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, readSmallFile, withReader, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  out: { type: "string" },
  old: { type: "string" },
  checkpoint: { type: "string" },
  "ledger-key": { type: "string" },
  need: { type: "string" },
  witness: { type: "string", multiple: true },
  operator: { type: "string" },
} as const;

/** `station witness add | list | policy | ask | key | cosign`. */
export async function witnessCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 2 });
  const [action, file = null] = args.positionals;
  if (action === "add" && file !== null) return add(file, args, io);
  if (file !== null) throw usage("Only witness add takes a file without an option.");
  if (action === "list") return list(args, io);
  if (action === "policy") return policy(args, io);
  if (action === "ask") return ask(args.need("out"), args, io);
  if (action === "key") return key(args, io);
  if (action === "cosign") return cosign(args.need("checkpoint"), args.need("out"), args, io);
  throw usage("The witness command knows add FILE, list, policy, ask, key and cosign.");
}

async function add(file: string, args: Args, io: Io): Promise<ExitCode> {
  const bytes = readCheckpoint(file);
  return withStation<ExitCode>(args, io, async ({ ledger, witnesses, operators }) => {
    await signIn(operators, args, io, "witness.add");
    const added = addWitness({ ledger, witnesses }, bytes);
    if (args.flag("json")) io.stdout(JSON.stringify(added));
    io.stderr(`The checkpoint of ${added.size} entries is part of today's ledger of ${ledger.size}.`);
    if (added.needed > 0)
      io.stderr(
        `${added.witnesses.length} of ${added.needed} needed witnesses vouch for it: ${names(added.witnesses)}.`,
      );
    return 0;
  });
}

async function list(args: Args, io: Io): Promise<ExitCode> {
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      const { needed, keys } = witnessPolicy(ledger);
      const cosigned = cosignedCheckpoints(ledger).map(({ size, witnesses }) => ({ size, witnesses }));
      const against = contradictions(ledger).map(({ index, entry }) => ({
        entry: index,
        at: entry.at,
        size: entry.tree_size,
        reason: entry.reason,
        checkpoint: entry.checkpoint,
        own_checkpoint: entry.own_checkpoint ?? null,
      }));
      const vkeys = keys.map((one) => formatVkey(one, cosignerType));
      if (args.flag("json")) {
        io.stdout(
          JSON.stringify({ size: ledger.size, policy: { needed, keys: vkeys }, cosigned, contradictions: against }),
        );
      }
      io.stderr(needed === 0 ? "No witnesses are asked for." : `${needed} of these must vouch: ${names(vkeys)}.`);
      for (const { size, witnesses } of cosigned) io.stderr(`  ${size} entries: ${names(witnesses)}`);
      for (const { entry, size, reason } of against)
        io.stderr(`  CONTRADICTION in entry ${entry}: ${size} entries, ${reason}`);
      return 0;
    } finally {
      ledger.close();
    }
  });
}

async function policy(args: Args, io: Io): Promise<ExitCode> {
  const needed = args.integer("need", 0, 32);
  if (needed === null) throw usage("--need is missing.");
  const vkeys = args.texts("witness").map(vkeyFrom);
  return withStation<ExitCode>(args, io, async ({ ledger, operators }) => {
    await signIn(operators, args, io, "witness.policy");
    const { keys } = setWitnessPolicy(ledger, { needed, vkeys, operator: args.text("operator") });
    if (args.flag("json"))
      io.stdout(JSON.stringify({ needed, keys: keys.map((one) => formatVkey(one, cosignerType)) }));
    io.stderr(`${needed} of ${keys.length} witnesses must vouch for a checkpoint from now on.`);
    return 0;
  });
}

async function ask(out: string, args: Args, io: Io): Promise<ExitCode> {
  const old = args.integer("old", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      write(out, askWitness(ledger, old));
      if (args.flag("json")) io.stdout(JSON.stringify({ out, old, size: ledger.size }));
      io.stderr(`Take ${out} to the witness: station witness cosign --checkpoint FILE --out FILE.`);
      return 0;
    } finally {
      ledger.close();
    }
  });
}

async function key(args: Args, io: Io): Promise<ExitCode> {
  return withStation<ExitCode>(args, io, async ({ keys, name }) => {
    const vkey = formatVkey(cosignerKey({ keys, name }), cosignerType);
    io.stdout(args.flag("json") ? JSON.stringify({ vkey }) : vkey);
    return 0;
  });
}

async function cosign(file: string, out: string, args: Args, io: Io): Promise<ExitCode> {
  const request = readSmallFile(file);
  const ledgerKey = args.text("ledger-key");
  const vkey = ledgerKey === null ? null : vkeyFrom(ledgerKey);
  return withStation<ExitCode>(args, io, async ({ ledger, keys, name, operators }) => {
    await signIn(operators, args, io, "ledger.export");
    const cosigned = cosignFor({ ledger, keys, name, clock: systemClock }, request, vkey);
    write(out, cosigned.note);
    const { origin, size, seenBefore } = cosigned;
    if (args.flag("json")) io.stdout(JSON.stringify({ out, origin, size, seen_before: seenBefore, witness: name }));
    io.stderr(
      `"${name}" vouches for ${size} entries of "${origin}", of which it had seen ${seenBefore}. Take ${out} back.`,
    );
    return 0;
  });
}

/** `-` is standard input, for what was pasted or scanned. */
function readCheckpoint(file: string): Uint8Array {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch {
    throw usage(`The file ${file} cannot be read.`);
  }
}

/** A vkey, or a file that holds one. */
function vkeyFrom(text: string): string {
  return (existsSync(text) ? readSmallFile(text) : text).trim();
}

function write(out: string, text: string): void {
  try {
    writeFileSync(out, text, { flag: "wx" });
  } catch (cause) {
    throw new StationError("HOME_UNREADABLE", `The file ${out} cannot be written, or is there already.`, { cause });
  }
}

function names(list: readonly string[]): string {
  return list.length === 0 ? "none" : list.join(", ");
}
