import { isDay, isDays, type QuestionForm, questionKinds } from "../../model/questions.ts";
import { useText } from "../../text/use-text.ts";
import { Chips } from "../../ui/chips.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";

/** Which question, and what it needs to know. */
export function AnswersForm(props: { readonly form: QuestionForm; readonly onChange: (form: QuestionForm) => void }) {
  const { form, onChange } = props;
  const { text } = useText();
  const words = text.answers;
  const set = (part: Partial<QuestionForm>) => onChange({ ...form, ...part });
  const hasPeriod = form.kind === "devices" || form.kind === "overrides" || form.kind === "counts";
  const dayError = (day: string) => (isDay(day) ? null : words.dayError);
  return (
    <div className="answers-form">
      <Chips
        label={words.question}
        options={questionKinds.map((id) => ({ id, label: words.questions[id] }))}
        value={form.kind}
        onChange={(kind) => set({ kind })}
      />
      <div className="answers-fields">
        {form.kind === "device" ? (
          <Field label={words.device} value={form.device} onChange={(device) => set({ device })} maxLength={255} />
        ) : null}
        {form.kind === "expiring" ? (
          <Field
            label={words.days}
            value={form.days}
            onChange={(days) => set({ days })}
            inputMode="numeric"
            maxLength={5}
            error={isDays(form.days) ? null : words.daysError}
          />
        ) : null}
        {hasPeriod ? (
          <>
            <Field
              label={words.from}
              value={form.from}
              onChange={(from) => set({ from })}
              maxLength={10}
              error={dayError(form.from)}
            />
            <Field
              label={words.to}
              value={form.to}
              onChange={(to) => set({ to })}
              maxLength={10}
              error={dayError(form.to)}
            />
          </>
        ) : null}
        {form.kind === "devices" ? (
          <Field
            label={words.workOrder}
            value={form.workOrder}
            onChange={(workOrder) => set({ workOrder })}
            maxLength={128}
          />
        ) : null}
        {form.kind === "counts" ? (
          <Select
            label={words.by}
            value={form.by}
            onChange={(by) => set({ by: by === "work-order" ? by : "operator" })}
            options={[
              { id: "operator", label: words.byOperator },
              { id: "work-order", label: words.byWorkOrder },
            ]}
          />
        ) : null}
        {form.kind === "reconcile" ? <p className="weak">{words.compareBody}</p> : null}
      </div>
    </div>
  );
}
