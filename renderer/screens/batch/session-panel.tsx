import { useEffect } from "react";
import { useFetched } from "../../client/hooks.ts";
import { formatNumber } from "../../model/format.ts";
import { joinPoints } from "../../model/plot-scale.ts";
import { useText } from "../../text/use-text.ts";
import { ColumnPlot } from "../../ui/column-plot.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Plot } from "../../ui/plot.tsx";

const refreshMs = 5000;

/** Throughput and failures of this session. */
export function SessionPanel(props: { readonly onClose: () => void }) {
  const { onClose } = props;
  const { text, language } = useText();
  const words = text.batch;
  const { value, reload } = useFetched("stats.summary", {});
  useEffect(() => {
    const timer = setInterval(reload, refreshMs);
    return () => clearInterval(timer);
  }, [reload]);
  const points = value?.throughput ?? [];
  const issued = points.reduce((sum, point) => sum + point.issued, 0);
  const failed = points.reduce((sum, point) => sum + point.failed, 0);
  const joined = joinPoints(points, 60, (a, b) => ({
    at: a.at,
    issued: a.issued + b.issued,
    failed: a.failed + b.failed,
  }));
  return (
    <Panel title={words.showSession} closeLabel={text.shell.common.close} onClose={onClose}>
      <p>{words.plotWords(issued, failed)}</p>
      <Plot
        title={words.session}
        asTable={text.shell.common.asTable}
        asPlot={text.shell.common.asPlot}
        table={{
          heads: [words.minute, words.issuedColumn, words.failedColumn],
          rows: points.map((point) => [
            clock(point.at),
            formatNumber(point.issued, language),
            formatNumber(point.failed, language),
          ]),
        }}
      >
        {(width) => (
          <ColumnPlot
            width={width}
            height={190}
            describe={words.plotWords(issued, failed)}
            format={(value) => formatNumber(value, language)}
            points={joined.map((point) => ({ label: clock(point.at), value: point.issued, alarm: point.failed }))}
          />
        )}
      </Plot>
    </Panel>
  );
}

/** Hours and minutes in UTC, as everywhere in the window. */
function clock(instant: string): string {
  return instant.slice(11, 16);
}
