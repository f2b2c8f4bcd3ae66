import { batchFigures, batchProgress, batchSteps } from "../../model/batch-figures.ts";
import { formatDuration, formatNumber, formatRate } from "../../model/format.ts";
import type { Batch } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";
import { type Shape, StateIcon } from "../../ui/state-icon.tsx";

const looks: Readonly<Record<Batch["phase"], { readonly tone: string; readonly shape: Shape }>> = {
  working: { tone: "working", shape: "ring" },
  delivering: { tone: "working", shape: "ring" },
  paused: { tone: "held", shape: "bars" },
  finished: { tone: "done", shape: "check" },
  stopped: { tone: "held", shape: "bars" },
  unfinished: { tone: "action", shape: "triangle" },
};

/** How far the batch is, at a glance. */
export function Summary(props: { readonly batch: Batch }) {
  const { batch } = props;
  const { text, language } = useText();
  const words = text.batch;
  const figures = batchFigures(batch);
  // Green is for a batch that nobody has to look at again.
  const isMixed = batch.phase === "finished" && batch.failed > 0;
  const look = isMixed ? looks.stopped : looks[batch.phase];
  const isOver = batch.phase === "finished" || batch.phase === "stopped";
  const done = isOver || batch.delivered > 0 ? batch.delivered : batch.issued;
  const share = (count: number) => `${batch.devices === 0 ? 0 : (count / batch.devices) * 100}%`;
  return (
    <section className="summary" data-tone={look.tone}>
      <div className="summary-lead">
        <StateIcon shape={look.shape} size={52} />
        <div>
          <p className="strong">{isMixed ? words.phases.finishedWithFailures : words.phases[batch.phase]}</p>
          <p className="figure">{formatNumber(done, language)}</p>
          <p>
            {words.of(batch.devices)} {isOver || batch.delivered > 0 ? words.deliveredFigure : words.issuedFigure}
          </p>
        </div>
      </div>
      <div className="summary-side">
        <dl className="summary-figures">
          <Figure label={words.failedFigure} value={formatNumber(batch.failed, language)} />
          <Figure label={words.skippedFigure} value={formatNumber(batch.skipped, language)} />
          <Figure label={words.rejectedChip} value={formatNumber(batch.rejected, language)} />
          {isOver ? null : (
            <>
              <Figure label={words.rate} value={formatRate(batch.perSecond, language)} />
              <Figure
                label={words.left}
                value={batch.secondsLeft === null ? "–" : formatDuration(batch.secondsLeft, language)}
              />
            </>
          )}
        </dl>
        <div
          className="split-bar"
          role="img"
          aria-label={words.bar(figures.delivered, figures.issued, figures.failed, figures.waiting)}
        >
          <span className="split-delivered" style={{ width: share(figures.delivered) }} />
          <span className="split-issued" style={{ width: share(figures.issued) }} />
          <span className="split-failed" style={{ width: share(figures.failed) }} />
          <span className="split-skipped" style={{ width: share(figures.skipped) }} />
        </div>
        <Steps batch={batch} />
      </div>
    </section>
  );
}

function Figure(props: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Steps(props: { readonly batch: Batch }) {
  const { batch } = props;
  const { text } = useText();
  const at = batchSteps.indexOf(batch.step);
  const isDone = batch.step === "done";
  return (
    <ol className="steps" aria-label={text.batch.steps.label}>
      {batchSteps.map((step, index) => {
        const isPast = isDone || index < at;
        const isHere = !isDone && index === at;
        return (
          <li key={step} {...(isPast ? { "data-past": true } : {})} {...(isHere ? { "aria-current": "step" } : {})}>
            <StateIcon shape={isPast ? "check" : isHere ? "ring" : "outline"} size={14} />
            {text.batch.steps[step]}
          </li>
        );
      })}
    </ol>
  );
}

/** Percent for the corner's button while there is nothing to do but wait. */
export function percentOf(batch: Batch): number {
  return Math.floor(batchProgress(batch) * 100);
}
