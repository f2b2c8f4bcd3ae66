import { useFetched } from "../../client/hooks.ts";
import { formatNumber } from "../../model/format.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Panel } from "../../ui/panel.tsx";

/** What proves the delivery: manifest, sums, checkpoint, and how the stick was read back. */
export function ProofPanel(props: { readonly batchId: string; readonly onClose: () => void }) {
  const { batchId, onClose } = props;
  const { text, language } = useText();
  const words = text.batch;
  const { value, failure } = useFetched("batch.proof", { batch: batchId });
  return (
    <Panel title={words.proofTitle} closeLabel={text.shell.common.close} onClose={onClose}>
      {failure === null ? null : <FailureNote failure={failure} />}
      {value === null ? (
        failure === null ? (
          <p>{words.noProof}</p>
        ) : null
      ) : (
        <>
          <p>{words.proofBody}</p>
          <dl className="stack">
            <Fact label={words.proofFolder} value={value.folder} isCode />
            <Fact label={words.proofFiles} value={formatNumber(value.files, language)} />
            <Fact label={words.proofReadBack} value={words.readBack[value.readBack]} />
            <Fact label={words.proofManifest} value={value.manifestSha256} isCode />
            <Fact label={words.proofSums} value={value.sumsSha256} isCode />
          </dl>
          <TextBlock title={words.proofCheckpoint} value={value.checkpoint} />
          {value.manifest === "" ? null : <TextBlock title={words.proofManifestText} value={value.manifest} />}
        </>
      )}
    </Panel>
  );
}

function Fact(props: { readonly label: string; readonly value: string; readonly isCode?: boolean }) {
  return (
    <div>
      <dt className="small weak">{props.label}</dt>
      <dd className={props.isCode === true ? "code strong" : "strong"}>{props.value}</dd>
    </div>
  );
}

function TextBlock(props: { readonly title: string; readonly value: string }) {
  const { title, value } = props;
  const { text } = useText();
  return (
    <section className="stack-tight">
      <div className="line plot-head">
        <h3>{title}</h3>
        <CopyButton text={() => value} label={text.shell.common.copy} copied={text.shell.common.copied} />
      </div>
      <pre className="code" tabIndex={0}>
        {value}
      </pre>
    </section>
  );
}
