import { useEffect, useState } from "react";
import { approvalSubjects } from "#shared/domain/operator.ts";
import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import { useCommand } from "../../../client/hooks.ts";
import { readWhole } from "../../../model/read-whole.ts";
import { FailureNote } from "../../../shell/failure-note.tsx";
import { useRefusal } from "../../../shell/use-refusal.ts";
import { useText } from "../../../text/use-text.ts";
import { Switch } from "../../../ui/choice.tsx";
import { KeptField } from "../kept-field.tsx";

type Policy = CallOutput<"operators.policy">;

/** What needs a second person, when the screen locks, and whether work orders must be signed. */
export function RulesCard() {
  const { text } = useText();
  const words = text.people.operators;
  const refusal = useRefusal("operators.policy");
  const command = useCommand();
  const [policy, setPolicy] = useState<Policy | null>(null);
  const { run } = command;
  // Asked with nothing to change, the call only answers what holds.
  useEffect(() => {
    if (refusal === null)
      void run("operators.policy", { approvals: null, lockAfterMinutes: null, needAllotment: null }).then(
        (now) => now !== null && setPolicy(now),
      );
  }, [run, refusal]);
  const save = (change: Partial<CallInput<"operators.policy">>) =>
    void run("operators.policy", { approvals: null, lockAfterMinutes: null, needAllotment: null, ...change }).then(
      (now) => now !== null && setPolicy(now),
    );
  return (
    <section className="card">
      <h2>{words.policy}</h2>
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {policy === null ? null : (
        <>
          <KeptField
            label={words.lockAfter}
            value={String(policy.lockAfterMinutes)}
            onKeep={(minutes) => save({ lockAfterMinutes: Number(minutes) })}
            hint={words.lockAfterHint}
            check={(value) => (readWhole(value, 0, 1440) === null ? words.lockAfterWrong : null)}
            inputMode="numeric"
          />
          <Switch
            label={words.needAllotment}
            hint={words.needAllotmentHint}
            isOn={policy.needAllotment}
            onChange={(needAllotment) => save({ needAllotment })}
          />
          <div role="group" aria-label={words.needApproval}>
            <h3>{words.needApproval}</h3>
            {approvalSubjects.map((subject) => (
              <Switch
                key={subject}
                label={text.people.subjects[subject]}
                isOn={policy.approvals.includes(subject)}
                onChange={(isOn) =>
                  save({
                    approvals: approvalSubjects.filter((each) =>
                      each === subject ? isOn : policy.approvals.includes(each),
                    ),
                  })
                }
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}
