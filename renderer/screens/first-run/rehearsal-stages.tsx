import { useLive } from "../../client/hooks.ts";
import { batchProgress } from "../../model/batch-figures.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Progress } from "../../ui/progress.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";
import { type Rehearsal, stages } from "./use-rehearsal.ts";

/** What the rehearsal does now, and the green end of it. */
export function RehearsalStages(props: { readonly rehearsal: Rehearsal }) {
  const { rehearsal } = props;
  const { text } = useText();
  const words = text.firstRun.rehearsal;
  const licence = useLive((state) => state.licence);
  const at = rehearsal.stage === null ? -1 : stages.indexOf(rehearsal.stage);
  return (
    <div className="stack" aria-live="polite">
      {rehearsal.isDone ? (
        <div className="rehearsal-done">
          <StateIcon shape="check" size={72} />
          <div>
            <h2>{words.doneTitle}</h2>
            <p>{words.doneBody}</p>
          </div>
        </div>
      ) : null}
      {rehearsal.isDone && licence?.state === "none" && licence.quota.limit !== null ? (
        <p className="weak">{words.licence(licence.quota.limit)}</p>
      ) : null}
      {rehearsal.failure === null ? null : <FailureNote failure={rehearsal.failure} />}
      <ol className="rehearsal-stages">
        {stages.map((stage, index) => {
          const isPast = rehearsal.isDone || index < at;
          const isNow = !isPast && index === at;
          return (
            <li key={stage} {...(isPast ? { "data-past": true } : {})} {...(isNow ? { "data-now": true } : {})}>
              <StateIcon shape={isPast ? "check" : isNow ? "ring" : "outline"} size={22} />
              {words.stages[stage]}
            </li>
          );
        })}
      </ol>
      {rehearsal.batch === null || rehearsal.isDone ? null : (
        <Progress
          label={words.stages.run}
          value={batchProgress(rehearsal.batch)}
          text={text.batch.waitNext(Math.floor(batchProgress(rehearsal.batch) * 100))}
        />
      )}
    </div>
  );
}
