import { ChartColumn, Table2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useElementWidth } from "./use-element-width.ts";
import { Button } from "./button.tsx";

export interface PlotTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A plot and, one key away, the table of the same numbers. */
export function Plot(props: {
  readonly title: string;
  readonly asTable: string;
  readonly asPlot: string;
  readonly table: PlotTable;
  readonly children: (width: number) => ReactNode;
}) {
  const { title, asTable, asPlot, table, children } = props;
  const [isTable, setTable] = useState(false);
  const [frame, width] = useElementWidth();
  return (
    <figure className="plot" aria-label={title}>
      <div className="plot-head">
        <figcaption className="strong">{title}</figcaption>
        <Button kind="quiet" label={isTable ? asPlot : asTable} onPress={() => setTable(!isTable)}>
          {isTable ? <ChartColumn size={18} aria-hidden /> : <Table2 size={18} aria-hidden />}
        </Button>
      </div>
      <div ref={frame}>
        {isTable ? (
          <div className="plot-scroll" tabIndex={0} role="group" aria-label={title}>
            <table>
              <thead>
                <tr>
                  {table.heads.map((head) => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row) => (
                  <tr key={row.join("|")}>
                    {row.map((cell, index) => (
                      <td key={table.heads[index]}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : width > 0 ? (
          children(width)
        ) : null}
      </div>
    </figure>
  );
}
