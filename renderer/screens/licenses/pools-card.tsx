import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatNumber } from "../../model/format.ts";
import { seatsByPool } from "../../model/pools.ts";
import { useText } from "../../text/use-text.ts";
import { BarPlot } from "../../ui/bar-plot.tsx";
import { Plot } from "../../ui/plot.tsx";

/** From this share on a pool is drawn in the alarm's ink. */
const nearlyFull = 0.9;

export function PoolsCard(props: { readonly licenses: CallOutput<"licenses.list"> }) {
  const { text, language } = useText();
  const words = text.licenses.pools;
  const pools = seatsByPool(props.licenses);
  const format = (value: number | null) =>
    value === null ? text.shell.common.unlimited : formatNumber(value, language);
  if (pools.length === 0) {
    return (
      <section className="card">
        <h3>{words.title}</h3>
        <p className="weak">{words.none}</p>
      </section>
    );
  }
  return (
    <section className="card">
      <Plot
        title={words.title}
        asTable={text.shell.common.asTable}
        asPlot={text.shell.common.asPlot}
        table={{
          heads: [words.pool, words.taken, words.limit, words.left],
          rows: pools.map((pool) => [
            pool.pool,
            format(pool.taken),
            format(pool.limit),
            format(pool.limit === null ? null : pool.limit - pool.taken),
          ]),
        }}
      >
        {(width) => (
          <BarPlot
            width={width}
            describe={words.words(pools.length)}
            points={pools.map(({ pool, taken, limit }) => ({
              label: pool,
              text: limit === null ? words.unlimited(taken) : words.text(limit - taken, limit),
              share: limit === null || limit === 0 ? null : taken / limit,
              isAlarm: limit !== null && taken >= limit * nearlyFull,
            }))}
          />
        )}
      </Plot>
    </section>
  );
}
