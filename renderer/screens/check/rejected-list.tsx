import type { CallOutput } from "#shared/ipc/contract.ts";
import { useText } from "../../text/use-text.ts";

/** Request files that were refused, each with its reason and what to do about it. */
export function RejectedList(props: { readonly rows: CallOutput<"batch.rejected"> }) {
  const { rows } = props;
  const { text } = useText();
  return (
    <section className="card">
      <div>
        <h2>{text.check.rejectedTitle(rows.length)}</h2>
        <p className="weak">{text.check.rejectedBody}</p>
      </div>
      <ul className="reject-list" tabIndex={0} aria-label={text.check.rejectedTitle(rows.length)}>
        {rows.map((row) => {
          const [what, , next] = text.messages[row.code];
          return (
            <li key={`${row.path} ${row.line} ${row.code}`}>
              <span className="code">
                {row.path}
                {row.line === null ? "" : `, ${text.check.line(row.line)}`}
              </span>
              <span>
                <span className="strong">{what}</span> {next}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
