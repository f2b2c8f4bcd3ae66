import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { givenFolders } from "../../electron/browser-host/given-folders.ts";
import { openInBrowser } from "../../electron/browser-host/open-page.ts";
import { createToken } from "../../electron/browser-host/token.ts";
import { pageFileAt, readPageFiles } from "../../electron/engine/platform/page-files.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import { defaultHome } from "../../electron/engine/platform/station-home.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "station-places-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("folders named at the start are given out in turn, exports go where they were told to", async () => {
  const dialogs = givenFolders({ sticks: ["/a", "/b"], out: "/out", ca: "/ca.pem" });
  expect(await Promise.all(["stick", "stick", "stick"].map(() => dialogs.chooseFolder("stick")))).toEqual([
    "/a",
    "/b",
    "/a",
  ]);
  expect(await dialogs.chooseFolder("keys")).toBe("/out");
  expect(await dialogs.chooseFolder("ledger")).toBe("/out");
  expect(await dialogs.chooseCertificateFile()).toBe("/ca.pem");
});

test("what was not named is asked for in words that say how", async () => {
  const dialogs = givenFolders({ sticks: [], out: null, ca: null });
  await expect(dialogs.chooseFolder("stick")).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("--stick"),
  });
  await expect(dialogs.chooseFolder("ledger")).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("--out"),
  });
  await expect(dialogs.chooseCertificateFile()).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("--ca"),
  });
});

test("of a built window only files that a page needs are taken, and no link is followed", async () => {
  mkdirSync(join(folder, "dist", "assets"), { recursive: true });
  const put = (name: string) => writeFileSync(join(folder, "dist", name), name);
  for (const name of [
    "index.html",
    "assets/a.js",
    "assets/a.css",
    "assets/f.woff2",
    "assets/a.js.map",
    "built-from",
    ".env",
    "assets/x.exe",
  ])
    put(name);
  writeFileSync(join(folder, "secret.html"), "secret");
  symlinkSync(join(folder, "secret.html"), join(folder, "dist", "secret.html"));
  const files = await readPageFiles(join(folder, "dist"));
  expect([...files.keys()].sort()).toEqual(["/assets/a.css", "/assets/a.js", "/assets/f.woff2", "/index.html"]);
  expect(pageFileAt(files, "/")).toBe(files.get("/index.html"));
  expect(
    ["", "index.html", "/INDEX.HTML", "/assets", "/assets/../index.html", "/__proto__"].map((path) =>
      pageFileAt(files, path),
    ),
  ).toEqual(Array.from({ length: 6 }, () => null));
});

test("a run's token is one of 2^256, fresh each time, and only its very own text matches", () => {
  const token = createToken(seededRandom("one"));
  expect(token.text).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(createToken(systemRandom).text).not.toBe(createToken(systemRandom).text);
  expect(token.matches(token.text)).toBe(true);
  for (const guess of [
    undefined,
    "",
    [token.text],
    `${token.text} `,
    token.text.slice(1),
    token.text.toUpperCase(),
    `${token.text.slice(0, -1)}ﬀ`,
  ]) {
    expect(token.matches(guess)).toBe(false);
  }
});

test("the address reaches the browser through a file for one's own eyes, which goes again", () => {
  const forget = openInBrowser("http://127.0.0.1:5/#token=abc", folder, "aix");
  const file = join(folder, "open-window.html");
  expect(readFileSync(file, "utf8")).toContain('url=http://127.0.0.1:5/#token=abc"');
  expect(statSync(file).mode & 0o077).toBe(0);
  forget();
  expect(() => statSync(file)).toThrow();
});

test.each([
  ["linux", {}, "/home/op/.local/share/licence-station"],
  ["linux", { XDG_DATA_HOME: "/data" }, "/data/licence-station"],
  ["darwin", { XDG_DATA_HOME: "/data" }, "/home/op/Library/Application Support/licence-station"],
  ["win32", { LOCALAPPDATA: "C:\\Users\\op\\AppData\\Local" }, "C:\\Users\\op\\AppData\\Local\\licence-station"],
] as const)("%s with %j keeps a station's data at %s", (platform, env, home) => {
  expect(defaultHome(env, platform, "/home/op")).toBe(home);
});
