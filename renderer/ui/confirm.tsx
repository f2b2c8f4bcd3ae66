import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";

/** Asks once more before something that can't be undone; nothing else is worth a dialog. */
export function Confirm(props: {
  readonly isOpen: boolean;
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}) {
  return (
    <ModalOverlay
      className="dialog-back"
      isOpen={props.isOpen}
      onOpenChange={(isOpen) => {
        if (!isOpen) props.onCancel();
      }}
      isDismissable
    >
      <Modal className="dialog">
        <Dialog role="alertdialog">
          <Heading slot="title">{props.title}</Heading>
          <p>{props.body}</p>
          <div className="dialog-buttons">
            <Button onPress={props.onCancel}>{props.cancel}</Button>
            <Button kind="danger" onPress={props.onConfirm}>
              {props.confirm}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
