import { Pencil, Plus, Trash2 } from "lucide-react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { type Fetched, useCommand } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { usePolicyName } from "./policy-name.ts";

type Policy = CallOutput<"policies.list">[number];

/** Times to live to choose from, each with what it costs in plain words. */
export function PoliciesCard(props: {
  readonly policies: Fetched<CallOutput<"policies.list">>;
  readonly job: Fetched<CallOutput<"job.get">>;
  readonly onEdit: (policy: Policy | null) => void;
}) {
  const { policies, job, onEdit } = props;
  const { text } = useText();
  const words = text.licenses.policies;
  const command = useCommand();
  const policyName = usePolicyName();
  const presetWords: Readonly<Record<string, string>> = words.presetWords;
  const use = (policy: Policy) => {
    if (job.value === null) return;
    void command.run("job.set", { ...job.value, policyId: policy.id }).then((now) => now !== null && job.set(now));
  };
  const remove = (policy: Policy) =>
    void command.run("policies.remove", { id: policy.id }).then((now) => now !== null && policies.set(now));
  return (
    <section className="card">
      <div className="section-head">
        <div>
          <h2>{words.title}</h2>
          <p className="weak">{words.body}</p>
        </div>
        <Button onPress={() => onEdit(null)}>
          <Plus size={20} aria-hidden />
          {words.add}
        </Button>
      </div>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <ul className="policy-cards">
        {(policies.value ?? []).map((policy) => {
          const isUsed = job.value?.policyId === policy.id;
          return (
            <li key={policy.id} className="policy-card" {...(isUsed ? { "data-used": true } : {})}>
              <p className="strong">{policyName(policy)}</p>
              <p>
                <span className="figure">{words.days(policy.ttlDays)}</span>
                <br />
                {words.thenGrace(policy.graceDays)}
              </p>
              <p className="weak">
                {(policy.preset ? presetWords[policy.id] : undefined) ??
                  words.ownWords(policy.ttlDays, policy.graceDays)}
              </p>
              <div className="line">
                {isUsed ? (
                  <span className="strong">{words.used}</span>
                ) : (
                  <Button onPress={() => use(policy)} isDisabled={command.busy || job.value === null}>
                    {words.use}
                  </Button>
                )}
                {policy.preset ? null : (
                  <>
                    <Button kind="quiet" label={`${words.edit}: ${policy.label}`} onPress={() => onEdit(policy)}>
                      <Pencil size={18} aria-hidden />
                    </Button>
                    {isUsed ? null : (
                      <Button
                        kind="quiet"
                        label={`${text.shell.common.remove}: ${policy.label}`}
                        onPress={() => remove(policy)}
                      >
                        <Trash2 size={18} aria-hidden />
                      </Button>
                    )}
                  </>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
