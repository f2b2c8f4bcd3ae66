import { ChartColumn, FileDown } from "lucide-react";
import { useStation } from "../../client/hooks.ts";
import { isoMinute } from "../../model/format.ts";
import type { Batch } from "../../model/live.ts";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { Select } from "../../ui/select.tsx";

/** Which batch is looked at, and its report. */
export function BatchTools(props: {
  readonly batch: Batch;
  readonly batches: readonly Batch[];
  readonly onSession: () => void;
}) {
  const { batch, batches, onSession } = props;
  const { text } = useText();
  const { client } = useStation();
  const report = async (form: "text" | "csv") => {
    const reply = await client.call("batch.report", { batch: batch.id, form });
    return reply.ok ? reply.value : null;
  };
  const known = batches.some((each) => each.id === batch.id) ? batches : [batch, ...batches];
  return (
    <>
      <div className="batch-choose">
        <Select
          label={text.batch.choose}
          isLabelHidden
          value={batch.id}
          onChange={(id) => go({ screen: "batch", batch: id })}
          options={known.map((each) => ({ id: each.id, label: `${isoMinute(each.startedAt)} · ${each.stickLabel}` }))}
        />
      </div>
      <Button onPress={onSession} label={text.batch.showSession}>
        <ChartColumn size={20} aria-hidden />
      </Button>
      <CopyButton
        text={async () => (await report("text"))?.content ?? null}
        label={text.batch.copyReport}
        copied={text.shell.common.copied}
      />
      <Button
        onPress={() =>
          void report("csv").then((file) => {
            if (file !== null) saveFile(file.name, file.content, "text/csv");
          })
        }
      >
        <FileDown size={20} aria-hidden />
        <span className="tool-word">{text.batch.saveReport}</span>
      </Button>
    </>
  );
}
