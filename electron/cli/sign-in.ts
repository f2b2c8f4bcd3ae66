import { StationError } from "#shared/domain/errors.ts";
import type { CallName } from "#shared/ipc/contract.ts";
import type { Operators } from "../engine/authority/operators/operators.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";
import { secretFrom } from "./open-station.ts";

/**
 * Signs in whoever `--badge` names, where the station has accounts.
 * @param call what the command does, as the window would ask for it
 * @throws StationError OPERATOR_*, SECRET_MISSING
 */
export async function signIn(operators: Operators, args: Args, io: Io, call: CallName): Promise<void> {
  if (!operators.inUse) return;
  const { badge, pin } = badgeAndPin(args, io);
  await operators.signIn(badge, pin, true);
  operators.require(call, null);
}

/** @throws StationError OPERATOR_SIGN_IN_NEEDED, SECRET_MISSING */
export function badgeAndPin(args: Args, io: Io): { readonly badge: string; readonly pin: string } {
  const badge = args.text("badge");
  if (badge === null || badge === "") {
    throw new StationError(
      "OPERATOR_SIGN_IN_NEEDED",
      "This station has accounts. Say who you are with --badge, and give the PIN in STATION_PIN or with --pin-file.",
    );
  }
  const pin = secretFrom(args.text("pin-file"), "STATION_PIN", io);
  if (pin !== null) return { badge, pin };
  throw new StationError("SECRET_MISSING", "The PIN is not at hand. Set STATION_PIN, or name a --pin-file.");
}
