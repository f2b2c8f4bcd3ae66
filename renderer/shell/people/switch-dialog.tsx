import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useCommand, useStation } from "../../client/hooks.ts";
import type { Session } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { BadgeAndPin } from "./badge-and-pin.tsx";

/** Another badge takes over; the screen behind stays, and so does what runs. */
export function SwitchDialog(props: { readonly onClose: () => void }) {
  const { onClose } = props;
  const { text } = useText();
  const { live } = useStation();
  const words = text.people;
  const command = useCommand();
  const take = (session: Session | null) => {
    if (session === null) return;
    onClose();
    live.setSession(session);
  };
  return (
    <ModalOverlay className="dialog-back" isOpen onOpenChange={(isOpen) => !isOpen && onClose()} isDismissable>
      <Modal className="dialog">
        <Dialog>
          <Heading slot="title">{words.switch.title}</Heading>
          <p>{words.switch.body}</p>
          <BadgeAndPin
            submit={command.busy ? words.signIn.busy : words.signIn.next}
            busy={command.busy}
            failure={command.failure}
            onSubmit={(badge, secret) => void command.run("session.sign-in", { badge, secret }).then(take)}
          >
            <Button kind="quiet" onPress={() => void command.run("session.sign-out", {}).then(take)}>
              {words.switch.signOut}
            </Button>
            <Button onPress={onClose}>{text.shell.common.cancel}</Button>
          </BadgeAndPin>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
