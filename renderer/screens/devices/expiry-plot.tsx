import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatNumber } from "../../model/format.ts";
import { fillMonths } from "../../model/months.ts";
import { useText } from "../../text/use-text.ts";
import { ColumnPlot } from "../../ui/column-plot.tsx";
import { Plot } from "../../ui/plot.tsx";

/** Files that expire in each month from now. */
export function ExpiryPlot(props: { readonly expiring: CallOutput<"stats.summary">["expiring"] }) {
  const expiring = fillMonths(props.expiring, new Date());
  const { text, language } = useText();
  const words = text.devices;
  const format = (value: number) => formatNumber(value, language);
  const total = expiring.reduce((sum, month) => sum + month.files, 0);
  return (
    <div className="card devices-plot">
      <Plot
        title={words.expiring}
        asTable={text.shell.common.asTable}
        asPlot={text.shell.common.asPlot}
        table={{
          heads: [words.month, words.filesColumn],
          rows: expiring.map((month) => [month.month, format(month.files)]),
        }}
      >
        {(width) => (
          <ColumnPlot
            width={width}
            height={120}
            describe={words.plotWords(total)}
            format={format}
            points={expiring.map((month) => ({ label: month.month, value: month.files }))}
          />
        )}
      </Plot>
    </div>
  );
}
