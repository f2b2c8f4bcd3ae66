import { useState } from "react";
import { useLive } from "../../../client/hooks.ts";
import type { Approval } from "../../../model/live.ts";
import { Instant } from "../../../shell/instant.tsx";
import { ApprovalDialog } from "../../../shell/people/approval-dialog.tsx";
import { useText } from "../../../text/use-text.ts";
import { Badge, type BadgeTone } from "../../../ui/badge.tsx";
import { Button } from "../../../ui/button.tsx";
import type { Shape } from "../../../ui/state-icon.tsx";

const looks: Readonly<Record<Approval["state"], { readonly tone: BadgeTone; readonly shape: Shape }>> = {
  waiting: { tone: "held", shape: "bars" },
  approved: { tone: "done", shape: "check" },
  refused: { tone: "action", shape: "triangle" },
  used: { tone: "quiet", shape: "dash" },
  expired: { tone: "quiet", shape: "outline" },
};

/** What waits for a second person, newest first, and what came of the rest. */
export function ApprovalsCard() {
  const { text } = useText();
  const words = text.people.approvals;
  const approvals = useLive((state) => state.approvals);
  const [deciding, setDeciding] = useState<Approval | null>(null);
  const rows = (approvals ?? []).toSorted((a, b) => b.askedAt.localeCompare(a.askedAt)).slice(0, 20);
  return (
    <section className="card">
      <h2>{words.title}</h2>
      {rows.some(({ state }) => state === "waiting") ? null : <p className="weak">{words.none}</p>}
      <ul className="people-list people-list-narrow">
        {rows.map((approval) => (
          <li key={approval.id}>
            <div>
              <p className="strong">{text.people.subjects[approval.subject]}</p>
              <p>{approval.summary}</p>
              <p className="small weak">
                {words.askedBy(approval.askedBy)}, <Instant at={approval.askedAt} />
              </p>
            </div>
            {approval.state === "waiting" ? (
              <Button onPress={() => setDeciding(approval)}>{words.decide}</Button>
            ) : (
              <div>
                <Badge {...looks[approval.state]} word={words.states[approval.state]} />
                {approval.decidedBy === null ? null : (
                  <p className="small weak">{words.decidedBy(approval.decidedBy)}</p>
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
      {deciding === null ? null : (
        <ApprovalDialog about={deciding} onDecided={() => setDeciding(null)} onClose={() => setDeciding(null)} />
      )}
    </section>
  );
}
