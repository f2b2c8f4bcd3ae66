import { Download, QrCode } from "lucide-react";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatNumber } from "../../model/format.ts";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { StateIcon } from "../../ui/state-icon.tsx";
import { QrSequence } from "./qr-sequence.tsx";
import "./single.css";

/** A machine file that was just issued, and every way to carry it off. */
export function IssuedFile(props: { readonly issued: CallOutput<"single.issue"> }) {
  const { issued } = props;
  const { text, language } = useText();
  const words = text.single;
  const [isQr, setQr] = useState(false);
  return (
    <div className="stack" role="status">
      <div className="done-head">
        <StateIcon shape="check" size={44} />
        <div>
          <h2>{words.doneTitle}</h2>
          {issued.deliveredTo === null ? null : <p>{words.doneStick(issued.deliveredTo)}</p>}
        </div>
      </div>
      <dl className="facts">
        <div>
          <dt>{words.facts.expires}</dt>
          <dd>
            <Instant at={issued.expiresAt} isDay />
          </dd>
        </div>
        <div>
          <dt>{words.facts.entry}</dt>
          <dd>{formatNumber(issued.ledgerIndex, language)}</dd>
        </div>
      </dl>
      <dl>
        <dt className="small weak">{words.facts.file}</dt>
        <dd className="code strong">{issued.fileName}</dd>
      </dl>
      <div className="line">
        <Button onPress={() => saveFile(issued.fileName, issued.certificate, "application/octet-stream")}>
          <Download size={20} aria-hidden />
          {words.download}
        </Button>
        <CopyButton text={() => issued.certificate} label={words.copy} copied={text.shell.common.copied} />
        <Button onPress={() => setQr(!isQr)} isExpanded={isQr}>
          <QrCode size={20} aria-hidden />
          {isQr ? words.hideQr : words.showQr}
        </Button>
      </div>
      {isQr ? (
        <QrSequence content={issued.certificate} />
      ) : (
        <pre className="certificate code" tabIndex={0} aria-label={words.preview}>
          {issued.certificate}
        </pre>
      )}
      <dl>
        <dt className="small weak">{words.facts.sha}</dt>
        <dd className="code">{issued.fileSha256}</dd>
      </dl>
    </div>
  );
}
