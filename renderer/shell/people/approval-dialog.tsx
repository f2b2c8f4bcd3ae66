import { useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useCommand } from "../../client/hooks.ts";
import type { Approval } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { FailureWords } from "../failure-words.tsx";
import { BadgeAndPin } from "./badge-and-pin.tsx";

/** First why, by whoever asks; then badge and PIN of the second person. The session stays the first one's. */
export function ApprovalDialog(props: {
  /** What to ask for, or what was asked for already. */
  readonly about: { readonly subject: Approval["subject"]; readonly reference: string } | Approval;
  readonly onDecided: (approval: Approval) => void;
  readonly onClose: () => void;
}) {
  const { about, onDecided, onClose } = props;
  const { text } = useText();
  const words = text.people.approvals;
  const ask = useCommand();
  const decide = useCommand();
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState<Approval | null>("id" in about ? about : null);
  const send = () => {
    if (reason.trim() === "" || "id" in about) return;
    void ask.run("approvals.ask", { ...about, reason: reason.trim() }).then(setAsked);
  };
  const answer = (approve: boolean) => (badge: string, secret: string) => {
    if (asked === null) return;
    void decide
      .run("approvals.decide", { id: asked.id, badge, secret, approve })
      .then((approval) => approval !== null && onDecided(approval));
  };
  return (
    <ModalOverlay className="dialog-back" isOpen onOpenChange={(isOpen) => !isOpen && onClose()} isDismissable>
      <Modal className="dialog">
        <Dialog>
          <Heading slot="title">{asked === null ? words.askTitle : words.decideTitle}</Heading>
          <p className="strong">{text.people.subjects[about.subject]}</p>
          {asked === null ? (
            <>
              <p>{words.askBody}</p>
              {ask.failure === null ? null : <FailureWords failure={ask.failure} />}
              <Field
                label={words.reason}
                value={reason}
                onChange={setReason}
                onEnter={send}
                hint={words.reasonHint}
                maxLength={512}
                autoFocus
              />
              <div className="people-buttons">
                <Button onPress={onClose}>{text.shell.common.cancel}</Button>
                <Button onPress={send} isDisabled={reason.trim() === "" || ask.busy}>
                  {words.askNext}
                </Button>
              </div>
            </>
          ) : (
            <>
              <p>{asked.summary}</p>
              <p className="weak">{words.decideBody}</p>
              <BadgeAndPin
                submit={words.approve}
                busy={decide.busy}
                failure={decide.failure}
                onSubmit={answer(true)}
                other={{ label: words.refuse, onSubmit: answer(false) }}
              >
                <Button onPress={onClose}>{text.shell.common.cancel}</Button>
              </BadgeAndPin>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
