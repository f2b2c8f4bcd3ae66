import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorMeanings } from "#shared/domain/errors.ts";
import { ledgerEntryBodies } from "#shared/domain/ledger-entry.ts";
import { de } from "../../renderer/text/de.ts";
import { en } from "../../renderer/text/en.ts";

type Node = string | ((...parameters: never[]) => string) | { readonly [key: string]: Node };

/** Every text by its path, functions called with numbers or words as they would be. */
function flatten(node: Node, path = ""): readonly (readonly [string, string])[] {
  if (typeof node === "string") return [[path, node]];
  if (typeof node === "function") {
    const call = node as (...parameters: unknown[]) => string;
    const takesByName = call.toString().startsWith("({");
    const given = (count: number) => (takesByName ? new Proxy({}, { get: () => count }) : count);
    return [0, 1, 2, 1234].map((count) => [
      `${path}(${count})`,
      call(...Array.from({ length: 5 }, () => given(count))),
    ]);
  }
  return Object.entries(node).flatMap(([key, child]) => flatten(child, path === "" ? key : `${path}.${key}`));
}
const english = new Map(flatten(en as unknown as Node));
const german = new Map(flatten(de as unknown as Node));

test("both languages have the same keys and parameters", () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  expect(english.size).toBeGreaterThan(700);
});

test("no text is empty, jokes about a failure, shows a bare code or what a program calls nothing", () => {
  const bad = /^\s*$|\b(oops|hoppla|ups)\b|\b(undefined|null|NaN)\b|\[object|[A-Z]{2,}_[A-Z]{2,}/;
  expect([...english, ...german].filter(([, text]) => bad.test(text))).toEqual([]);
});

// Words that both languages share, names of formats, and patterns that are numbers alone.
const shared = new Set(
  "Station Server Name Pool Version Minute Passphrase Stick Status SHA-256 PIN RSA Ed25519 Form"
    .split(" ")
    .concat(["Manifest, SHA-256", "SHA256SUMS, SHA-256", "Token, SHA-256"]),
);

test("nothing was left in English", () => {
  const left = [...german].filter(
    ([path, text]) => english.get(path) === text && !shared.has(text) && !/\d\)$/.test(path),
  );
  expect(left).toEqual([]);
});

test.each(Object.keys(errorMeanings))(
  "%s says what happened, what it means and what to do, in both languages",
  (code) => {
    for (const language of [en, de]) {
      const message = language.messages[code as keyof typeof errorMeanings];
      expect(message).toHaveLength(3);
      for (const sentence of message) expect(sentence).toMatch(/^[A-ZÄÖÜ0-9].{9,}[.]$/s);
    }
    expect(new Set([...en.messages[code as never], ...de.messages[code as never]]).size).toBe(6);
  },
);

test("messages exist for the codes there are and for no others", () => {
  expect(Object.keys(en.messages).sort()).toEqual(Object.keys(errorMeanings).sort());
  expect(Object.keys(de.messages).sort()).toEqual(Object.keys(errorMeanings).sort());
});

test("every kind of ledger entry has its words", () => {
  expect(Object.keys(en.ledger.kinds).sort()).toEqual(Object.keys(ledgerEntryBodies).sort());
});

test("no word for people stands outside the text folder", () => {
  const root = join(import.meta.dirname, "..", "..", "renderer");
  const files = globSync("{screens,shell,ui}/**/*.tsx", { cwd: root });
  expect(files.length).toBeGreaterThan(50);
  const stray = files.flatMap((file) => {
    const source = readFileSync(join(root, file), "utf8");
    const inElements = [...source.matchAll(/>\s*([A-Za-z][A-Za-z ,.'-]{3,})\s*<\//g)].map((match) => match[1]);
    const inAttributes = [...source.matchAll(/\b(?:aria-label|placeholder|title|alt|label)="([^"]+)"/g)].map(
      (match) => match[1],
    );
    return [...inElements, ...inAttributes].map((text) => `${file}: ${text}`);
  });
  expect(stray).toEqual([]);
});
