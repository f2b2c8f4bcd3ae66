import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatRoute } from "../../model/route.ts";
import { usePolicyName } from "../licenses/policy-name.ts";
import { useText } from "../../text/use-text.ts";

type Job = CallOutput<"job.get">;
type Policy = CallOutput<"policies.list">[number];

/** The work at hand in one line, and the way to change it. */
export function JobLine(props: { readonly job: Job | null; readonly policies: readonly Policy[] | null }) {
  const { job, policies } = props;
  const { text } = useText();
  const words = text.station.job;
  const policyName = usePolicyName();
  if (job === null) return null;
  const policy = policies?.find((each) => each.id === job.policyId);
  const isOpen = job.product === "" && job.pool === "" && job.policyId === null;
  return (
    <>
      {isOpen ? (
        <p className="weak">{words.none}</p>
      ) : (
        <ul className="job" aria-label={words.label}>
          <li className="strong">{job.product}</li>
          <li>{job.pool === "" ? words.noPool : job.pool}</li>
          <li title={policy === undefined ? "" : policyName(policy)}>
            {policy === undefined ? words.noPolicy : words.policy(policy.ttlDays, policy.graceDays)}
          </li>
          {job.workOrder === "" ? null : <li>{words.order(job.workOrder)}</li>}
        </ul>
      )}
      <a className="button quiet" href={formatRoute({ screen: "licenses" })}>
        {text.shell.common.change}
      </a>
    </>
  );
}
