import { usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { addVendorKey, fetchLicence } from "./licence-fetch.ts";
import { issueLicence, newIssuerKey } from "./licence-issue.ts";
import { isOwnAction, ownLicence } from "./licence-own.ts";

/** `station licence show | add | remove | watch | recover | policy` of this station; `issue | fetch | key new | key add`. */
export async function licenceCommand([action, ...rest]: readonly string[], io: Io): Promise<ExitCode> {
  if (isOwnAction(action)) return ownLicence(action, rest, io);
  if (action === "issue") return issueLicence(rest, io);
  if (action === "fetch") return fetchLicence(rest, io);
  if (action === "key" && rest[0] === "new") return newIssuerKey(rest.slice(1), io);
  if (action === "key" && rest[0] === "add") return addVendorKey(rest.slice(1), io);
  throw usage(
    "The licence command knows show, add, remove, watch, recover, policy, issue, fetch, key new and key add.",
  );
}
