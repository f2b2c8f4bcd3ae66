import type { Allotment } from "../../engine/authority/operators/allotments.ts";
import { devicesUnder } from "../../engine/batch/allotted-devices.ts";
import type { Station } from "../../engine/station.ts";
import { readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  "work-order": { type: "string" },
  product: { type: "string" },
  count: { type: "string" },
  "max-ttl-days": { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
} as const;

/** `station work-order sign | list`: what a supervisor allots to this station. */
export async function workOrderCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 1 });
  const [action] = args.positionals;
  if (action !== "sign" && action !== "list") throw usage("The work-order command knows sign and list.");
  return withStation<ExitCode>(args, io, async (station) => {
    const { workOrders } = station.operators;
    if (action === "sign") {
      const order = {
        workOrder: args.need("work-order"),
        product: args.need("product"),
        count: args.integer("count", 1, 1_000_000) ?? missing("count"),
        maxTtlDays: args.integer("max-ttl-days", 1, 3650) ?? missing("max-ttl-days"),
        from: args.need("from"),
        to: args.need("to"),
      };
      await signIn(station.operators, args, io, "allotments.sign");
      workOrders.allot(order);
    } else await signIn(station.operators, args, io, "allotments.list");
    const all = workOrders.list().map((one) => allotmentJson(station, one));
    if (args.flag("json")) io.stdout(JSON.stringify(all));
    else
      for (const one of all) io.stdout(`${one.work_order}  ${one.product}  ${one.used} of ${one.count}  to ${one.to}`);
    return 0;
  });
}

function missing(name: string): never {
  throw usage(`--${name} is missing.`);
}

function allotmentJson({ ledger }: Station, allotment: Allotment) {
  const { id, workOrder, product, count, maxTtlDays, from, to, signedBy } = allotment;
  return {
    id,
    work_order: workOrder,
    product,
    count,
    used: devicesUnder(ledger, workOrder, product).size,
    max_ttl_days: maxTtlDays,
    from: from.toISOString(),
    to: to.toISOString(),
    signed_by: signedBy,
  };
}
