import type { CallInput } from "#shared/ipc/contract.ts";

export const questionKinds = ["devices", "device", "expiring", "overrides", "counts", "reconcile"] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** What stands in the form, as it was typed. */
export interface QuestionForm {
  readonly kind: QuestionKind;
  readonly from: string;
  readonly to: string;
  readonly workOrder: string;
  readonly device: string;
  readonly days: string;
  readonly by: "operator" | "work-order";
}

export const firstQuestion: QuestionForm = {
  kind: "devices",
  from: "",
  to: "",
  workOrder: "",
  device: "",
  days: "90",
  by: "operator",
};

/** A real day as ISO writes it, or nothing. */
export function isDay(text: string): boolean {
  const day = text.trim();
  if (day === "") return true;
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

export function isDays(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) <= 36_600;
}

/** The form as a question that the engine takes; null while something in it is missing or wrong. */
export function questionOf(form: QuestionForm): CallInput<"audit.csv"> | null {
  const { kind } = form;
  if (kind === "reconcile") return null;
  if (kind === "device") return form.device.trim() === "" ? null : { kind, device: form.device.trim() };
  if (kind === "expiring") return isDays(form.days) ? { kind, days: Number(form.days) } : null;
  const period = periodOf(form);
  if (period === null) return null;
  if (kind === "overrides") return { kind, ...period };
  if (kind === "counts") return { kind, ...period, by: form.by };
  return { kind, ...period, workOrder: orNull(form.workOrder) };
}

/** Null when one of its days is none. */
export function periodOf({ from, to }: QuestionForm): CallInput<"audit.report"> | null {
  return isDay(from) && isDay(to) ? { from: orNull(from), to: orNull(to) } : null;
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}
