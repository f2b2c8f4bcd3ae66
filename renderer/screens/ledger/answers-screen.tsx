import { BookLock, FileSpreadsheet, FileText, OctagonX, SearchX } from "lucide-react";
import { useState } from "react";
import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useLive } from "../../client/hooks.ts";
import { firstQuestion, periodOf, type QuestionForm, questionOf } from "../../model/questions.ts";
import { formatRoute } from "../../model/route.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Note } from "../../ui/note.tsx";
import { Table } from "../../ui/table.tsx";
import { type AnswerRow, useAnswerColumns } from "./answers-columns.tsx";
import { AnswersForm } from "./answers-form.tsx";
import { Reconciled } from "./answers-reconciled.tsx";
import { CompareNote } from "./compare-note.tsx";
import "./ledger.css";
import { useComparison } from "./use-comparison.ts";

type Answer = CallOutput<"audit.devices">;

/** What auditors ask, as tables; the report; and the comparison with the licensing server. */
export function AnswersScreen() {
  const { text } = useText();
  const words = text.answers;
  const size = useLive((state) => state.status?.ledger.size ?? 0);
  const [form, setForm] = useState(firstQuestion);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [said, setSaid] = useState<readonly string[]>([]);
  const [active, setActive] = useState<number | null>(null);
  const command = useCommand();
  const ask = useAsk(setAnswer);
  const columns = useAnswerColumns(answer?.columns ?? []);
  const question = questionOf(form);
  const period = periodOf(form);
  const isComparing = form.kind === "reconcile";
  const comparing = useComparison(isComparing);
  const isRunning = comparing.comparison?.running ?? false;
  const isBusy = command.busy || ask.busy;
  const begin = () => {
    setSaid([]);
    setActive(null);
  };
  const change = (next: QuestionForm) => {
    if (next.kind !== form.kind) setAnswer(null);
    setForm(next);
  };
  const saveCsv = () => {
    if (question === null) return;
    begin();
    void command.run("audit.csv", question).then((done) => {
      if (done !== null && done.file !== null) setSaid([words.saved(done.rows, done.file)]);
    });
  };
  const saveReport = () => {
    if (period === null) return;
    begin();
    void command.run("audit.report", period).then((done) => {
      if (done === null || done.file === null) return;
      setSaid(done.printed ? [words.reported(done.file)] : [words.reported(done.file), words.notPrinted]);
    });
  };
  return (
    <Screen
      title={words.answers}
      isFilled
      tools={
        <>
          <a className="button" href={formatRoute({ screen: "ledger" })}>
            <BookLock size={20} aria-hidden />
            <span className="tool-word">{words.entries}</span>
          </a>
          <Button onPress={saveReport} isDisabled={size === 0 || isBusy || period === null}>
            <FileText size={20} aria-hidden />
            <span className="tool-word">{words.report}</span>
          </Button>
          <Button onPress={saveCsv} isDisabled={answer === null || answer.total === 0 || isBusy || question === null}>
            <FileSpreadsheet size={20} aria-hidden />
            <span className="tool-word">{words.csv}</span>
          </Button>
        </>
      }
      hint={
        isBusy ? (
          <p role="status">{words.asking}</p>
        ) : answer === null || isComparing ? null : (
          <p role="status">{words.shown(answer.rows.length, answer.total)}</p>
        )
      }
      secondary={
        !isComparing ? undefined : isRunning ? (
          <Button onPress={comparing.stop} isDisabled={comparing.busy}>
            <OctagonX size={20} aria-hidden />
            {words.compareStop}
          </Button>
        ) : (
          <Button onPress={comparing.takeList} isDisabled={size === 0 || comparing.busy}>
            {words.compareList}
          </Button>
        )
      }
      next={
        isComparing
          ? {
              label: isRunning ? words.comparing : words.compareServer,
              isDisabled: size === 0 || comparing.busy || isRunning,
              onPress: () => {
                begin();
                comparing.askServer();
              },
              needs: "audit.reconcile-server",
            }
          : {
              label: words.ask,
              isDisabled: size === 0 || isBusy || question === null,
              onPress: () => {
                begin();
                if (question !== null) ask.run(question);
              },
            }
      }
    >
      <AnswersForm form={form} onChange={change} />
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {ask.failure === null ? null : <FailureNote failure={ask.failure} />}
      {isComparing ? <CompareNote comparison={comparing.comparison} /> : null}
      {isComparing && comparing.failure !== null ? <FailureNote failure={comparing.failure} /> : null}
      {said.length === 0 ? null : (
        <Note>
          {said.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Note>
      )}
      <div className="table-space">
        {isComparing ? (
          comparing.hasSaid ? null : (
            <Reconciled found={comparing.found} />
          )
        ) : (
          <Table<AnswerRow>
            label={words.tableLabel}
            columns={columns}
            count={answer?.rows.length ?? 0}
            rowAt={(index) => answer?.rows[index]}
            active={active}
            onActivate={setActive}
            copyText={(row) => row.map((cell) => cell ?? "").join("\t")}
            empty={
              answer === null ? (
                <Empty icon={BookLock} title={words.before} body={words.beforeBody} />
              ) : (
                <Empty icon={SearchX} title={words.nothing} body={words.nothingBody} />
              )
            }
          />
        )}
      </div>
    </Screen>
  );
}

function useAsk(onAnswer: (answer: Answer) => void) {
  const { busy, failure, run } = useCommand();
  const ask = (question: NonNullable<ReturnType<typeof questionOf>>): Promise<Answer | null> => {
    // Each question is a call of its own.
    const { kind, ...input } = question;
    switch (kind) {
      case "devices":
        return run("audit.devices", input as CallInput<"audit.devices">);
      case "device":
        return run("audit.device", input as CallInput<"audit.device">);
      case "expiring":
        return run("audit.expiring", input as CallInput<"audit.expiring">);
      case "overrides":
        return run("audit.overrides", input as CallInput<"audit.overrides">);
      case "counts":
        return run("audit.counts", input as CallInput<"audit.counts">);
    }
  };
  return {
    busy,
    failure,
    run: (question: NonNullable<ReturnType<typeof questionOf>>) =>
      void ask(question).then((found) => {
        if (found !== null) onAnswer(found);
      }),
  };
}
