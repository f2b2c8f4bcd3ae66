import { type Answer, answer, type Question } from "../audit/answer.ts";
import { writeAnswerCsv } from "../audit/answer-csv.ts";
import { type Period } from "../audit/period.ts";
import { type Reconciliation, reconcile } from "../audit/reconcile.ts";
import { type AskedLicense, reconcileServer, type ServerQuestion } from "../audit/reconcile-server.ts";
import { writePrintedReport } from "../audit/report-files.ts";
import type { ReportLanguage } from "../audit/report-text.ts";
import { seatsFromCsv } from "../audit/seat-list.ts";
import type { ApiAccess } from "../batch/job.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { PrintPdf } from "../platform/chromium.ts";
import { systemClock } from "../platform/clock.ts";
import { seatAsker } from "../seat-asker.ts";

/** What the window asks on an auditor's behalf. All throw StationError. */
export interface AuditFace {
  answer(question: Question): Answer;
  /** @param file a new one. @returns how many rows */
  writeCsv(question: Question, file: string): Promise<number>;
  /** `file` with `.pdf` behind it where it could be printed, else `.html`. @param file a new one, without an ending */
  writeReport(period: Period, language: ReportLanguage, file: string): Promise<{ file: string; printed: boolean }>;
  reconcileList(csv: string): Promise<Reconciliation>;
  reconcileServer(
    api: ApiAccess,
    licenses: readonly AskedLicense[],
    watch: Pick<ServerQuestion, "signal" | "onProgress">,
  ): Promise<Reconciliation>;
}

export function stationAudit(
  ledger: Ledger,
  parts: {
    readonly version: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly printPdf: PrintPdf;
  },
): AuditFace {
  const { version, env, printPdf } = parts;
  const ask = (question: Question): Answer => answer(ledger, question, systemClock.now());
  return {
    answer: ask,
    writeCsv: (question, file) => writeAnswerCsv(ask(question), file),
    writeReport: async (period, language, file) => {
      const order = { period, now: systemClock.now(), version, language };
      return await writePrintedReport(ledger, order, file, printPdf);
    },
    reconcileList: (csv) => reconcile(ledger, seatsFromCsv(csv), null),
    reconcileServer: async (api, licenses, watch) => {
      const asker = seatAsker(api, { env, version });
      try {
        return await reconcileServer(ledger, licenses, { ...watch, ask: asker.ask, concurrency: api.concurrency });
      } finally {
        await asker.close();
      }
    },
  };
}
