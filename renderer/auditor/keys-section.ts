import type { NoteKey } from "#shared/verifier/note.ts";
import { filesDropped, filesPicked, type HandedFiles } from "./dropped-files.ts";
import { el, icon } from "./element.ts";
import { takeDrops } from "./drop-target.ts";
import { type HeldKey, isFingerprintOf, keyFrom, keysInText, type KeyUse, keyUses, witnessesIn } from "./key-shelf.ts";
import type { Texts } from "./text/en.ts";

/** Those who are known to vouch for checkpoints, and how many of them must. */
export interface Witnesses {
  readonly keys: readonly NoteKey[];
  readonly needed: number;
}

interface KeysSection {
  readonly section: HTMLElement;
  /** @param found keys that travelled with the evidence */
  update(found: readonly HeldKey[], hasHistory: boolean): void;
}

/** Which keys are trusted, and the three ways to come to trust one. */
export function keysSection(
  texts: Texts,
  trusted: ReadonlyMap<KeyUse, HeldKey>,
  on: {
    readonly trust: (key: HeldKey) => void;
    readonly forget: (use: KeyUse) => void;
    readonly history: (bytes: Uint8Array) => void;
    readonly witnesses: (named: Witnesses) => void;
  },
): KeysSection {
  const shelf = el("ul", { class: "shelf" });
  const compare = el("div", { class: "compare" });
  const picker = el("input", { type: "file", multiple: true, id: "key-files", class: "picker" });
  const complaint = el("p", { class: "complaint", role: "status" });
  const area = el("textarea", { id: "key-text", rows: "3", spellcheck: "false", autocomplete: "off" });
  const takeFiles = async (handed: HandedFiles): Promise<void> => {
    for (const [path, file] of handed) {
      const name = path.split("/").at(-1) ?? "";
      if (name === historyName && file.size <= mostHistoryBytes) on.history(new Uint8Array(await file.arrayBuffer()));
      if (file.size > 4096) continue;
      const key = keyFrom(new Uint8Array(await file.arrayBuffer()), name);
      if (key !== null) on.trust(key);
    }
  };
  picker.addEventListener("change", () => {
    void takeFiles(filesPicked(picker.files ?? [])).then(() => (picker.value = ""));
  });
  area.addEventListener("input", () => {
    const keys = keysInText(area.value);
    for (const key of keys) on.trust(key);
    complaint.textContent = keys.length === 0 && area.value.trim() !== "" ? texts.noKeyInText : "";
  });
  const witnessArea = el("textarea", { id: "witness-keys", rows: "2", spellcheck: "false", autocomplete: "off" });
  const needed = el("input", { id: "witness-needed", type: "number", min: "0", max: "32", value: "0" });
  const vouching = el("p", { role: "status" });
  const nameWitnesses = () => {
    const named = witnessesIn(witnessArea.value);
    const count = Math.min(Math.max(0, Math.trunc(Number(needed.value)) || 0), 32);
    vouching.textContent = witnessArea.value.trim() === "" ? "" : texts.witnessesNamed(named.length, count);
    on.witnesses({ keys: named, needed: count });
  };
  for (const field of [witnessArea, needed]) field.addEventListener("input", nameWitnesses);
  const historyLine = el("p", { role: "status" });
  const section = el(
    "section",
    { "aria-labelledby": "keys-title", class: "panel" },
    el("h2", { id: "keys-title" }, texts.keys),
    el("p", {}, texts.keysLead),
    shelf,
    el("div", { class: "row" }, el("label", { class: "button", for: "key-files" }, texts.keyFiles), picker),
    el("label", { for: "key-text" }, texts.pasteKeys),
    area,
    el("p", { class: "hint" }, texts.pasteHint),
    complaint,
    historyLine,
    el(
      "details",
      {},
      el("summary", {}, texts.witnesses),
      el("p", {}, texts.witnessesLead),
      el("label", { for: "witness-keys" }, texts.witnessKeys),
      witnessArea,
      el("label", { for: "witness-needed" }, texts.witnessNeeded),
      needed,
      vouching,
    ),
    compare,
  );
  takeDrops(section, (transfer) => void filesDropped(transfer).then(takeFiles));
  return {
    section,
    update: (found, hasHistory) => {
      historyLine.textContent = hasHistory ? texts.hasHistory : "";
      shelf.replaceChildren(...keyUses.map((use) => shelfRow(use, trusted.get(use) ?? null, texts, on.forget)));
      const open = found.filter((key) => trusted.get(key.use)?.fingerprint !== key.fingerprint);
      compare.replaceChildren(
        ...(open.length === 0 ? [] : [el("h3", {}, texts.compare), el("p", {}, texts.compareLead)]),
        ...open.map((key, at) => comparison(key, `compare-${at}`, texts, on.trust)),
      );
    },
  };
}

const historyName = "key-history.json";
const mostHistoryBytes = 1_048_576;

function shelfRow(use: KeyUse, key: HeldKey | null, texts: Texts, forget: (use: KeyUse) => void): HTMLElement {
  const name = texts.keyNames[use];
  if (key === null) {
    return el(
      "li",
      { "data-state": "open" },
      icon("open"),
      el("span", {}, el("strong", {}, name), ` ${texts.notGiven}`, el("small", {}, texts.keyNeeds[use])),
    );
  }
  const button = el("button", { type: "button", class: "quiet", "aria-label": texts.forget(name) }, "×");
  button.addEventListener("click", () => forget(use));
  const label = key.label === "" ? "" : ` ${key.label}`;
  return el(
    "li",
    { "data-state": "good" },
    icon("good"),
    el(
      "span",
      {},
      el("strong", {}, name),
      ` ${texts.trusted}${label}`,
      el("small", {}, texts.fingerprint, " ", grouped(key.fingerprint)),
    ),
    button,
  );
}

function comparison(key: HeldKey, id: string, texts: Texts, trust: (key: HeldKey) => void): HTMLElement {
  const input = el("input", { id, type: "text", spellcheck: "false", autocomplete: "off" });
  const answer = el("span", { role: "status" });
  input.addEventListener("input", () => {
    if (isFingerprintOf(input.value, key)) trust(key);
    // Half a fingerprint is not wrong yet.
    else answer.textContent = input.value.replace(/[\s:.-]/g, "").length >= key.fingerprint.length ? texts.isOther : "";
  });
  // The key's own fingerprint is not shown: it would be copied instead of compared.
  const name = `${texts.keyNames[key.use]}${key.label === "" ? "" : ` ${key.label}`}`;
  return el(
    "div",
    { class: "comparison" },
    el("p", {}, el("strong", {}, name)),
    el("label", { for: id }, texts.printed(name)),
    input,
    answer,
  );
}

/** In groups of eight, the way people compare. */
function grouped(fingerprint: string): HTMLElement {
  return el("code", {}, fingerprint.replace(/.{8}(?=.)/g, "$& "));
}
