import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

type Rgb = readonly [number, number, number];

/** Tokens of one theme as the style sheet says them. */
function tokensOf(theme: string): ReadonlyMap<string, string> {
  const css = readFileSync(join(import.meta.dirname, "..", "..", "renderer", "ui", "tokens.css"), "utf8");
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

const linear = (hex: string): Rgb => {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};
const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Linear RGB as other eyes see it: Machado, Oliveira and Fernandes 2009, full severity; grey by luminance. */
const eyes: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  "most eyes": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  grey: [
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
  ],
};

/** CIELAB distance of two colours to such an eye. */
function distance(a: string, b: string, eye: readonly [Rgb, Rgb, Rgb]): number {
  const lab = (hex: string): Rgb => {
    const from = linear(hex);
    const seen = eye.map((row) =>
      Math.min(1, Math.max(0, row[0] * from[0] + row[1] * from[1] + row[2] * from[2])),
    ) as unknown as Rgb;
    const curve = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
    const x = curve((0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505);
    const y = curve(luminance(seen));
    const z = curve((0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  const [one, two] = [lab(a), lab(b)];
  return Math.hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]);
}

const states = ["ready", "working", "done", "action", "held"] as const;

describe.each(["light", "dark", "contrast"])("the %s theme", (theme) => {
  const tokens = tokensOf(theme);
  const token = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`${theme} has no ${name}`);
    return value;
  };
  const surfaces = ["surface-0", "surface-1", "surface-2"] as const;

  test("text is read on every surface it stands on", () => {
    for (const surface of [...surfaces, "surface-3"]) {
      expect(contrast(token("text-strong"), token(surface))).toBeGreaterThan(7);
      expect(contrast(token("text"), token(surface))).toBeGreaterThan(4.5);
    }
    for (const surface of surfaces) expect(contrast(token("text-weak"), token(surface))).toBeGreaterThan(4.5);
    expect(contrast(token("on-primary"), token("primary"))).toBeGreaterThan(7);
    expect(contrast(token("on-primary"), token("primary-hover"))).toBeGreaterThan(4.5);
  });

  test("edges, focus and state lines stand out from every surface", () => {
    for (const surface of surfaces) {
      for (const name of ["line-strong", "focus", ...states.map((state) => `${state}-line`)]) {
        expect([name, surface, contrast(token(name), token(surface)) >= 3]).toEqual([name, surface, true]);
      }
    }
  });

  test.each(states)("words on %s are read", (state) => {
    expect(contrast(token(`on-${state}`), token(state))).toBeGreaterThan(4.5);
  });

  test("the action's ink is read as text", () => {
    for (const surface of surfaces) expect(contrast(token("action-line"), token(surface))).toBeGreaterThan(4.5);
  });

  test.each(Object.keys(eyes))("the five states stay apart for %s", (name) => {
    const eye = eyes[name] ?? [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const least = name === "grey" ? 7 : 15;
    for (const [index, a] of states.entries()) {
      for (const b of states.slice(index + 1)) {
        expect([a, b, distance(token(a), token(b), eye) > least]).toEqual([a, b, true]);
      }
    }
  });
});
