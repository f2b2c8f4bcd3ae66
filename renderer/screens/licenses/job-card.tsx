import { useEffect, useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { type Fetched, useCommand } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { usePolicyName } from "./policy-name.ts";

type Job = CallOutput<"job.get">;

/** The defaults of the work at hand; each choice is kept at once. */
export function JobCard(props: {
  readonly job: Fetched<Job>;
  readonly licenses: CallOutput<"licenses.list">;
  readonly policies: CallOutput<"policies.list">;
}) {
  const { job, licenses, policies } = props;
  const { text } = useText();
  const words = text.licenses.job;
  const command = useCommand();
  const policyName = usePolicyName();
  const now = job.value;
  const [order, setOrder] = useState("");
  useEffect(() => setOrder(now?.workOrder ?? ""), [now?.workOrder]);
  if (now === null) return null;
  const products = unique([...licenses.map((license) => license.product), now.product]);
  const pools = unique([
    ...licenses.filter((license) => license.product === now.product).map((license) => license.pool),
    now.pool,
  ]);
  const save = (part: Partial<Job>) =>
    void command.run("job.set", { ...now, ...part }).then((saved) => saved !== null && job.set(saved));
  const chooseProduct = (product: string) => {
    const pool = licenses.find((license) => license.product === product)?.pool ?? "";
    save({ product, pool });
  };
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p className="weak">{words.body}</p>
      </div>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <div className="form-grid">
        <Select
          label={words.product}
          value={now.product === "" ? null : now.product}
          onChange={chooseProduct}
          placeholder={products.length === 0 ? words.none : words.choose}
          options={products.map((product) => ({ id: product, label: product }))}
        />
        <Select
          label={words.pool}
          value={now.pool === "" ? null : now.pool}
          onChange={(pool) => save({ pool })}
          placeholder={pools.length === 0 ? words.none : words.choose}
          options={pools.map((pool) => ({ id: pool, label: pool }))}
        />
        <Select
          label={words.policy}
          value={now.policyId}
          onChange={(policyId) => save({ policyId })}
          placeholder={words.choose}
          options={policies.map((policy) => ({
            id: policy.id,
            label: `${policyName(policy)}: ${text.station.job.policy(policy.ttlDays, policy.graceDays)}`,
          }))}
        />
        <Field
          label={words.order}
          value={order}
          onChange={setOrder}
          onBlur={() => order !== now.workOrder && save({ workOrder: order })}
          onEnter={() => save({ workOrder: order })}
          maxLength={128}
          hint={words.orderHint}
        />
      </div>
    </section>
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== ""))].sort();
}
