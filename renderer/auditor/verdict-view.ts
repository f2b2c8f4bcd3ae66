import { toHex } from "#shared/verifier/bytes.ts";
import type { Finding } from "#shared/verifier/findings.ts";
import type { Subject, Verdict } from "#shared/verifier/verify.ts";
import { el, icon } from "./element.ts";
import type { Texts } from "./text/en.ts";

/** Green, or exactly what is wrong where. */
export function verdictView(verdict: Verdict, texts: Texts): HTMLElement {
  const total = verdict.findings.length + verdict.subjects.reduce((sum, subject) => sum + subject.total, 0);
  return el(
    "div",
    {},
    el(
      "div",
      { class: "banner", "data-state": verdict.ok ? "good" : "bad" },
      icon(verdict.ok ? "good" : "bad"),
      el(
        "div",
        {},
        el("h2", {}, verdict.ok ? texts.good : texts.bad(total)),
        el("p", {}, verdict.ok ? texts.goodBody : texts.badBody),
      ),
    ),
    findingList(verdict.findings, verdict.findings.length, texts),
    ...verdict.subjects.map((subject) => subjectView(subject, texts)),
  );
}

function subjectView(subject: Subject, texts: Texts): HTMLElement {
  const { kind, path, ok, checks, findings, total, notes, head } = subject;
  const [check, looked, result] = texts.checkColumns;
  const rows = checks.map((one) =>
    el(
      "tr",
      { "data-state": one.ok ? "good" : "bad" },
      el("th", { scope: "row" }, texts.checkNames[one.check]),
      el("td", {}, texts.count(one.count)),
      el("td", {}, icon(one.ok ? "good" : "bad"), ` ${one.ok ? texts.isGood : texts.isBad}`),
    ),
  );
  return el(
    "article",
    { class: "panel", "data-state": ok ? "good" : "bad" },
    el("h3", {}, icon(ok ? "good" : "bad"), ` ${texts.kinds[kind]} `, el("code", {}, path === "" ? texts.top : path)),
    head === null ? null : el("p", {}, head.origin, " ", el("code", {}, texts.head(head.size, toHex(head.root)))),
    findingList(findings, total, texts),
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...[check, looked, result].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...rows),
    ),
    notes.length === 0 ? null : el("h4", {}, texts.notes),
    notes.length === 0
      ? null
      : el(
          "ul",
          {},
          ...notes.map((note) => el("li", {}, el("code", {}, note.path), " ", texts.noteTexts[note.code](note.facts))),
        ),
  );
}

function findingList(findings: readonly Finding[], total: number, texts: Texts): HTMLElement | null {
  if (findings.length === 0) return null;
  const left = total - findings.length;
  return el(
    "ol",
    { class: "findings" },
    ...findings.map(({ code, path, line, facts }) =>
      el(
        "li",
        { "data-code": code },
        el("code", {}, path === "" ? texts.top : path),
        line === null ? null : el("span", { class: "place" }, ` ${texts.line(line)}`),
        el("span", {}, ` ${texts.findings[code](facts)}`),
      ),
    ),
    left > 0 ? el("li", { class: "more" }, texts.more(left)) : null,
  );
}
