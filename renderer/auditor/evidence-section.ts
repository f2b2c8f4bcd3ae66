import { takeDrops } from "./drop-target.ts";
import { filesDropped, filesPicked, type HandedFiles } from "./dropped-files.ts";
import { el } from "./element.ts";
import type { Texts } from "./text/en.ts";

interface EvidenceSection {
  readonly section: HTMLElement;
  update(fileCount: number): void;
}

/** Where the bundle, the stick or their copies are handed over. */
export function evidenceSection(
  texts: Texts,
  on: { readonly hand: (files: HandedFiles) => void; readonly clear: () => void; readonly failed: () => void },
): EvidenceSection {
  const folder = el("input", { type: "file", webkitdirectory: true, id: "evidence-folder", class: "picker" });
  const files = el("input", { type: "file", multiple: true, id: "evidence-files", class: "picker" });
  for (const input of [folder, files]) {
    input.addEventListener("change", () => {
      on.hand(filesPicked(input.files ?? []));
      input.value = "";
    });
  }
  const count = el("p", { role: "status" });
  const clear = el("button", { type: "button", class: "quiet" }, texts.clear);
  clear.addEventListener("click", on.clear);
  const section = el(
    "section",
    { "aria-labelledby": "evidence-title", class: "panel drop" },
    el("h2", { id: "evidence-title" }, texts.evidence),
    el("p", {}, texts.evidenceLead),
    el(
      "div",
      { class: "row" },
      el("label", { class: "button", for: "evidence-folder" }, texts.chooseFolder),
      folder,
      el("label", { class: "button", for: "evidence-files" }, texts.chooseFiles),
      files,
      clear,
    ),
    count,
  );
  takeDrops(section, (transfer) => void filesDropped(transfer).then(on.hand, on.failed));
  return {
    section,
    update: (fileCount) => {
      count.textContent = fileCount === 0 ? "" : texts.handed(fileCount);
      clear.hidden = fileCount === 0;
    },
  };
}
