import { UserCheck } from "lucide-react";
import { useState } from "react";
import type { Failure } from "#shared/domain/errors.ts";
import { approvalSubjects } from "#shared/domain/operator.ts";
import type { Approval } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { ApprovalDialog } from "./approval-dialog.tsx";

/** The way on for what a second person has to approve: asked and answered here, then the same button works. */
export function ApprovalOffer(props: { readonly details: Failure["details"] | undefined }) {
  const { text } = useText();
  const words = text.people.approvals;
  const [isOpen, setOpen] = useState(false);
  const [decided, setDecided] = useState<Approval | null>(null);
  const subject = approvalSubjects.find((each) => each === props.details?.["subject"]);
  const reference = props.details?.["reference"];
  if (subject === undefined || typeof reference !== "string") return null;
  return (
    <>
      {decided === null || decided.state === "waiting" ? (
        <div className="line">
          <Button onPress={() => setOpen(true)}>
            <UserCheck size={20} aria-hidden />
            {words.ask}
          </Button>
        </div>
      ) : (
        <p className="strong" role="status">
          {(decided.state === "approved" ? words.approved : words.refused)(decided.decidedBy ?? words.someone)}
        </p>
      )}
      {isOpen ? (
        <ApprovalDialog
          about={{ subject, reference }}
          onDecided={(approval) => {
            setDecided(approval);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
