import type { CallOutput } from "#shared/ipc/contract.ts";
import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";

/** The time to live as it will really be, and what a long one costs. */
export function TermCard(props: { readonly preflight: CallOutput<"batch.preflight"> }) {
  const { effectiveDays, graceDays, warnings } = props.preflight.policy;
  const { text } = useText();
  const words = text.check.term;
  const endsFirst = warnings.includes("license-ends-first");
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p className="figure">{words.days(Math.floor(effectiveDays))}</p>
        <p className="weak">{graceDays === 0 ? words.noGrace : words.grace(graceDays)}</p>
      </div>
      {endsFirst ? (
        <Note tone="held">
          <p>{words["license-ends-first"](Math.floor(effectiveDays))}</p>
        </Note>
      ) : null}
      {warnings.includes("slow-revocation") ? <p>{words["slow-revocation"]}</p> : null}
      {warnings.includes("no-grace") ? <p>{words["no-grace"]}</p> : null}
    </section>
  );
}
