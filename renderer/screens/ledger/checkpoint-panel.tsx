import { useFetched } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { QrCode } from "../../ui/qr-code.tsx";

/** The signed head, to be photographed, copied or read by any scanner. */
export function CheckpointPanel(props: { readonly ledgerSize: number; readonly onClose: () => void }) {
  const { ledgerSize, onClose } = props;
  const { text } = useText();
  const words = text.ledger;
  const { value, failure } = useFetched("ledger.checkpoint", {}, ledgerSize);
  return (
    <Panel title={words.checkpointTitle} closeLabel={text.shell.common.close} onClose={onClose}>
      <p>{words.checkpointBody}</p>
      {failure === null ? null : <FailureNote failure={failure} />}
      {value === null ? null : (
        <>
          <div className="qr-frame">
            <QrCode text={value.checkpoint} label={words.checkpointQr} />
          </div>
          <pre className="code" tabIndex={0}>
            {value.checkpoint}
          </pre>
          <CopyButton text={() => value.checkpoint} label={text.shell.common.copy} copied={text.shell.common.copied} />
        </>
      )}
    </Panel>
  );
}
