import { Refusal } from "#shared/verifier/findings.ts";
import type { TrustedKeys } from "#shared/verifier/trusted-keys.ts";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import { type HandedFiles, sourceOf } from "./dropped-files.ts";
import { el } from "./element.ts";
import { evidenceSection } from "./evidence-section.ts";
import { type HeldKey, type KeyUse, keysInEvidence, trustedFrom } from "./key-shelf.ts";
import { keysSection, type Witnesses } from "./keys-section.ts";
import { de } from "./text/de.ts";
import { en, type Texts } from "./text/en.ts";
import { verdictView } from "./verdict-view.ts";

/** The page's whole state: what was handed over and which keys are trusted. A verdict is of exactly these. */
const keys = new Map<KeyUse, HeldKey>();
let files: HandedFiles = new Map();
let found: readonly HeldKey[] = [];
/** `key-history.json` from the key export, as it was handed over. */
let history: Uint8Array | null = null;
let witnesses: Witnesses = { keys: [], needed: 0 };
let texts: Texts = navigator.language.startsWith("de") ? de : en;

const root = document.getElementById("page") ?? document.body;
draw();

function draw(): void {
  document.documentElement.lang = texts === de ? "de" : "en";
  document.title = texts.title;
  const status = el("p", { class: "status", role: "status" });
  const verdict = el("section", { class: "verdict", tabindex: "-1", "aria-label": texts.title });
  const keysPart = keysSection(texts, keys, {
    trust: (key) => {
      keys.set(key.use, key);
      changed();
    },
    forget: (use) => {
      keys.delete(use);
      changed();
    },
    history: (bytes) => {
      history = bytes;
      changed();
    },
    witnesses: (named) => {
      witnesses = named;
      changed();
    },
  });
  const evidencePart = evidenceSection(texts, {
    hand: (more) => {
      files = new Map([...files, ...more]);
      void readKeys();
    },
    clear: () => {
      files = new Map();
      void readKeys();
    },
    failed: () => {
      status.textContent = texts.unreadable;
    },
  });
  const verify = el("button", { type: "button", class: "next" }, texts.verify);
  verify.addEventListener("click", () => void run());
  const language = el("button", { type: "button", class: "quiet", lang: texts === de ? "en" : "de" }, texts.language);
  language.addEventListener("click", () => {
    texts = texts === de ? en : de;
    draw();
    root.querySelector<HTMLElement>("header button")?.focus();
  });
  root.replaceChildren(
    el("header", {}, el("div", {}, el("h1", {}, texts.title), el("p", {}, texts.lead)), language),
    el("main", {}, keysPart.section, evidencePart.section, el("div", { class: "act" }, status, verify), verdict),
  );
  changed();

  async function readKeys(): Promise<void> {
    found = await keysInEvidence(files);
    changed();
  }

  /** A verdict of other keys or files than these would mislead. */
  function changed(): void {
    verdict.replaceChildren();
    status.textContent = "";
    keysPart.update(found, history !== null);
    evidencePart.update(files.size);
  }

  async function run(): Promise<void> {
    const trusted = trust();
    if (trusted === null || files.size === 0) {
      status.textContent =
        trusted === null ? (keys.has("ledger") ? texts.badHistory : texts.needKey) : texts.needEvidence;
      return;
    }
    const asked = files;
    verify.disabled = true;
    verdict.replaceChildren();
    try {
      const said = await verifyEvidence({ source: sourceOf(asked), keys: trusted, progress: breathe });
      if (asked !== files) return;
      status.textContent = "";
      verdict.replaceChildren(verdictView(said, texts));
      verdict.focus();
    } catch {
      status.textContent = texts.failed;
    } finally {
      verify.disabled = false;
    }
  }

  /** Null as well when the history is not of the trusted ledger. */
  function trust(): TrustedKeys | null {
    try {
      return trustedFrom(keys, { history, witnesses: witnesses.keys, needed: witnesses.needed });
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /** Lets the browser draw and answer between two portions. */
  async function breathe(entries: number): Promise<void> {
    status.textContent = texts.working(entries);
    await new Promise((done) => setTimeout(done));
  }
}
