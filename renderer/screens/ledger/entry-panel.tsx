import { useStation } from "../../client/hooks.ts";
import { prettyJson } from "../../model/pretty-json.ts";
import { formatRoute } from "../../model/route.ts";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Panel } from "../../ui/panel.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { useEntryKind } from "./entry-kind.ts";
import type { LedgerRow } from "./use-ledger-rows.ts";

export function EntryPanel(props: { readonly row: LedgerRow; readonly onClose: () => void }) {
  const { row, onClose } = props;
  const { text } = useText();
  const { client } = useStation();
  const words = text.ledger;
  const kindOf = useEntryKind();
  const saveReceipt = () =>
    void client.call("devices.receipt", { index: row.index }).then((reply) => {
      if (reply.ok) saveFile(reply.value.name, reply.value.content);
    });
  return (
    <Panel title={words.entry(row.index)} closeLabel={text.shell.common.close} onClose={onClose}>
      <div>
        <p className="strong">{kindOf(row.type)}</p>
        <p className="weak">
          <Instant at={row.at} />
          {row.deviceName === null ? "" : ` · ${row.deviceName}`}
          {row.operator === null ? "" : ` · ${row.operator}`}
        </p>
      </div>
      {row.fingerprintSha256 === null ? null : (
        <div className="line">
          {row.type === "machine-file.issued" ? <Button onPress={saveReceipt}>{words.receipt}</Button> : null}
          <a className="button" href={formatRoute({ screen: "devices", device: row.fingerprintSha256 })}>
            {words.device}
          </a>
        </div>
      )}
      <section className="stack-tight">
        <div className="plot-head">
          <h3>{words.raw}</h3>
          <CopyButton text={() => row.json} label={text.shell.common.copy} copied={text.shell.common.copied} />
        </div>
        <pre className="code" tabIndex={0}>
          {prettyJson(row.json)}
        </pre>
      </section>
    </Panel>
  );
}
