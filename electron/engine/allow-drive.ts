import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Operators } from "./authority/operators/operators.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** One drive, or all up to a size, that may be worked on although policy calls it too large. */
export type LargeDrive = Omit<BodyOf<"drive.allowed">, "type">;

/**
 * Records who allows it, before anything is done with it: anybody while there are no accounts, else with a second
 * person's word where policy asks for that, and a supervisor or administrator where it does not.
 * @throws StationError APPROVAL_NEEDED, OPERATOR_SIGN_IN_NEEDED, OPERATOR_NOT_ALLOWED; then nothing was recorded
 */
export function allowLargeDrive(
  { operators, ledger }: { readonly operators: Operators; readonly ledger: Ledger },
  drive: LargeDrive,
): void {
  const acting = operators.acting();
  const isAsked = operators.rules().approvals.includes("large-drive");
  if (acting !== null && !isAsked && acting.account.role === "operator") {
    throw new StationError(
      "OPERATOR_NOT_ALLOWED",
      "Only a supervisor or an administrator may allow a larger drive. Ask one to sign in and do it.",
    );
  }
  ledger.append(
    operators.sign("overrode", [
      ...operators.approvals.use("large-drive", referenceOf(drive)),
      { type: "drive.allowed", ...drive },
    ]),
  );
}

function referenceOf({ drive, size_bytes, usb_serial }: LargeDrive): string {
  return sha256Hex(utf8(JSON.stringify([drive, size_bytes, usb_serial])));
}
