import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatNumber } from "../../model/format.ts";
import { useText } from "../../text/use-text.ts";

export function FoundCard(props: { readonly preflight: CallOutput<"batch.preflight"> }) {
  const { preflight } = props;
  const { text, language } = useText();
  const words = text.check.facts;
  const facts: readonly (readonly [string, number | null])[] = [
    [words.renewals, preflight.renewals],
    [words.onServer, preflight.onServer],
    [words.duplicates, preflight.duplicates],
    [words.rejected, preflight.rejected.length],
    [words.conflicts, preflight.conflicts.length],
  ];
  return (
    <section className="card">
      <div>
        <h2>{words.found}</h2>
        <p className="figure">{formatNumber(preflight.found, language)}</p>
        <p className="weak">{words.inFiles(preflight.files)}</p>
      </div>
      <dl className="facts">
        {facts.map(([label, count]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{count === null ? text.shell.common.unknown : formatNumber(count, language)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
