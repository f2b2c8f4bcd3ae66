import { approvalSubjects } from "#shared/domain/operator.ts";
import { type Approval, stateOf } from "../../engine/authority/operators/approvals.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, withStation } from "../open-station.ts";
import { badgeAndPin, signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  subject: { type: "string" },
  reference: { type: "string" },
  reason: { type: "string" },
} as const;

/** `station approve list | ask | give ID | refuse ID`: a second person's word, with that person's badge and PIN. */
export async function approveCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 2 });
  const [action, id] = args.positionals;
  const takesId = action === "give" || action === "refuse";
  if ((id !== undefined) !== takesId || !(takesId || action === "list" || action === "ask")) {
    throw usage("The approve command knows list, ask, give ID and refuse ID.");
  }
  return withStation<ExitCode>(args, io, async ({ operators }) => {
    if (!operators.inUse) throw usage("This station has no accounts.");
    const { approvals } = operators;
    if (action === "list") {
      await signIn(operators, args, io, "approvals.list");
      const all = approvals.list();
      if (args.flag("json")) io.stdout(JSON.stringify(all.map(approvalJson)));
      else for (const one of all) io.stdout(lineOf(one));
      return 0;
    }
    if (action === "ask") {
      const subject = approvalSubjects.find((one) => one === args.need("subject"));
      if (subject === undefined) throw usage(`--subject takes one of ${approvalSubjects.join(", ")}.`);
      const [reference, reason] = [args.need("reference"), args.need("reason")];
      await signIn(operators, args, io, "approvals.ask");
      tell(approvals.ask(subject, reference, reason), args.flag("json"), io);
      return 0;
    }
    const { badge, pin } = badgeAndPin(args, io);
    tell(await approvals.decide(id ?? "", badge, pin, action === "give"), args.flag("json"), io);
    return 0;
  });
}

function tell(approval: Approval, isJson: boolean, io: Io): void {
  if (isJson) io.stdout(JSON.stringify(approvalJson(approval)));
  io.stderr(lineOf(approval));
}

function approvalJson(approval: Approval) {
  const { id, subject, reference, reason, askedBy, askedAt, expiresAt, decidedBy } = approval;
  return {
    id,
    subject,
    reference,
    reason,
    asked_by: askedBy,
    asked_at: askedAt,
    expires_at: expiresAt.toISOString(),
    state: stateOf(approval, systemClock.now()),
    decided_by: decidedBy,
  };
}

function lineOf(approval: Approval): string {
  const { id, subject, reason } = approval;
  return `${id}  ${stateOf(approval, systemClock.now())}  ${subject}  ${reason}`;
}
