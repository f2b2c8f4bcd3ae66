import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exampleArtefacts } from "../fixtures/format-examples.ts";

describe("the spec pages", () => {
  it.each(Object.keys(exampleArtefacts))("%s shows exactly what its codec writes", (page) => {
    const text = readFileSync(new URL(`../../shared/formats/${page}`, import.meta.url), "utf8");
    const shown = [...text.matchAll(/^```example\n(.*?)^```$/gms)].map((match) => match[1]);
    expect(shown).toEqual(exampleArtefacts[page]?.map((bytes) => Buffer.from(bytes).toString("utf8")));
  });
});
