import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useFetched, useLive, useStation } from "../../client/hooks.ts";
import { historyFacts, holdsSeat } from "../../model/history.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Fingerprint } from "../../ui/fingerprint.tsx";
import { Panel } from "../../ui/panel.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { useEntryKind } from "../ledger/entry-kind.ts";
import { GiveBack } from "./give-back.tsx";
import { IssuedFile } from "../single/issued-file.tsx";

/** One device's whole history as the ledger tells it, its receipts, and its file once more. */
export function DevicePanel(props: { readonly device: string; readonly onClose: () => void }) {
  const { device, onClose } = props;
  const { text } = useText();
  const { client } = useStation();
  const words = text.devices;
  const ledgerSize = useLive((state) => state.status?.ledger.size ?? 0);
  const history = useFetched("devices.history", { fingerprintSha256: device }, ledgerSize);
  const command = useCommand();
  const kindOf = useEntryKind();
  const [issued, setIssued] = useState<CallOutput<"single.issue"> | null>(null);
  const rows = history.value ?? [];
  const facts = historyFacts(rows);
  const name = facts.name ?? text.batch.deviceTitle;

  const saveReceipt = (index: number) =>
    void client.call("devices.receipt", { index }).then((reply) => {
      if (reply.ok) saveFile(reply.value.name, reply.value.content);
    });
  const reissue = (fingerprint: string) =>
    void command
      .run("single.issue", { fingerprint, name: facts.name ?? "", stickId: null })
      .then((file) => file !== null && setIssued(file));
  return (
    <Panel title={name} closeLabel={text.shell.common.close} onClose={onClose}>
      {history.failure === null ? null : <FailureNote failure={history.failure} />}
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <dl className="facts">
        <div>
          <dt>{facts.fingerprint === null ? words.digest : words.columns.fingerprint}</dt>
          <dd>
            <Fingerprint value={facts.fingerprint ?? device} copyLabel={text.shell.common.copyFingerprint} />
          </dd>
        </div>
        {facts.serial === null ? null : (
          <div>
            <dt>{words.columns.serial}</dt>
            <dd>{facts.serial}</dd>
          </div>
        )}
      </dl>
      {issued !== null ? (
        <IssuedFile issued={issued} />
      ) : facts.fingerprint === null ? (
        <p className="weak">{words.reissueUnknown}</p>
      ) : (
        <div className="stack-tight">
          <Button onPress={() => reissue(facts.fingerprint ?? "")} isDisabled={command.busy}>
            {words.reissue}
          </Button>
          <p className="hint">{words.reissueHint}</p>
        </div>
      )}
      {holdsSeat(rows) ? <GiveBack device={device} /> : null}
      <section>
        <h3>{words.history}</h3>
        <ol className="history">
          {rows.toReversed().map((row) => (
            <li key={row.index}>
              <span className="strong">{kindOf(row.type)}</span>
              <Instant at={row.at} />
              <div className="history-body">
                <span className="small weak">
                  {[row.operator, row.batch].filter((part) => part !== null).join(" · ")}
                </span>
                {row.type === "machine-file.issued" ? (
                  <span>
                    <Button onPress={() => saveReceipt(row.index)}>{words.receipt}</Button>
                  </span>
                ) : null}
              </div>
            </li>
          ))}
        </ol>
      </section>
    </Panel>
  );
}
