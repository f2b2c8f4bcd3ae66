import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const lintFile = join(root, ".oxlintrc.json");

interface Wall {
  readonly files: readonly string[];
  readonly rules: {
    readonly "no-restricted-imports": readonly [
      string,
      { readonly patterns: readonly { readonly group: readonly string[] }[] },
    ];
  };
}
const walls: readonly Wall[] = JSON.parse(readFileSync(lintFile, "utf8")).overrides;

let house: string;
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "station-walls-"));
  cpSync(lintFile, join(house, ".oxlintrc.json"));
  cpSync(join(root, "tsconfig.json"), join(house, "tsconfig.json"));
  cpSync(join(root, "package.json"), join(house, "package.json"));
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
};
const run = (tool: string, args: readonly string[]) => {
  const result = spawnSync(join(root, "node_modules", ".bin", tool), args, { cwd: house, encoding: "utf8" });
  return { status: result.status, text: result.stdout + result.stderr };
};

// One concrete specifier for each kind of ban, as a careless hand would write it.
const specifierFor = (group: string) =>
  group.startsWith("**/")
    ? group.replace("**/", "../x/").replace("/**", "/face.ts")
    : group.replace(":*", ":fs").replace("/*", "/main");
const badFileFor = (glob: string) => glob.replace("**/*", "bad/bad").replace("*", "bad");

test.each(walls.flatMap((wall) => wall.files.map((glob) => [glob, wall] as const)))(
  "%s: every banned import is refused",
  (glob, wall) => {
    const path = badFileFor(glob);
    const specifiers = wall.rules["no-restricted-imports"][1].patterns
      .flatMap((pattern) => pattern.group)
      .map(specifierFor);
    put(
      path,
      `${specifiers.map((specifier, i) => `import * as i${i} from "${specifier}";`).join("\n")}\nexport const all = [${specifiers.map((_, i) => `i${i}`).join(", ")}];\n`,
    );
    const { status, text } = run("oxlint", ["-f", "unix", path]);
    expect(status).toBe(1);
    const refused = specifiers.filter((_, i) =>
      text.split("\n").some((line) => line.startsWith(`${path}:${i + 1}:`) && line.includes("no-restricted-imports")),
    );
    expect(refused).toEqual(specifiers);
  },
);

// Rooms that are not built yet have no files for their wall to see; each is taken off this list when it is built.
const unbuilt: readonly string[] = [];

test.each(walls.flatMap((wall) => wall.files))("%s: the wall sees real files", (glob) => {
  const seen = globSync(glob, { cwd: root }).length;
  if (unbuilt.some((room) => glob.startsWith(room))) expect(seen).toBe(0);
  else expect(seen).toBeGreaterThan(0);
});

test("an import cycle is refused", () => {
  put("electron/engine/ring/a.ts", 'import { b } from "./b.ts";\nexport const a = (): unknown => b;\n');
  put("electron/engine/ring/b.ts", 'import { a } from "./a.ts";\nexport const b = (): unknown => a;\n');
  expect(run("oxlint", ["-f", "unix", "electron/engine/ring"]).text).toContain("no-cycle");
});

test.each([
  ["shared", "export const p = process.pid;", "process"],
  ["shared", "export const d = document.title;", "document"],
  ["electron", "export const d = document.title;", "document"],
])("%s: `%s` is a type error", (room, code, name) => {
  // The import tests' files would bring Node's types in by themselves.
  rmSync(join(house, room), { recursive: true, force: true });
  mkdirSync(join(house, room));
  cpSync(join(root, room, "tsconfig.json"), join(house, room, "tsconfig.json"));
  put(join(room, "bad-types.ts"), code);
  const { status, text } = run("tsc", ["-p", room]);
  expect(status).not.toBe(0);
  expect(text).toMatch(new RegExp(`bad-types\\.ts.*'${name}'`));
});
