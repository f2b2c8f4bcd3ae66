import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { childEnvironment } from "../../electron/engine/drives/child-environment.ts";
import { fileThreads } from "../../electron/engine/platform/file-threads.ts";
// @ts-expect-error -- plain JavaScript, which runs before anything is installed
import { chooseWindow, electronBinary } from "../../electron/cli/choose-window.mjs";

const here = {
  binary: "/x/electron",
  args: [] as string[],
  env: { DISPLAY: ":0" } as Record<string, string>,
  platform: "linux",
  uid: 1000,
};

describe("which window npm start opens", () => {
  test("the desktop app where its program, a display and a sandbox are there", () => {
    expect(chooseWindow(here)).toEqual({ kind: "electron", env: {}, said: "Opening the desktop app." });
  });

  test("a home that was named goes along", () => {
    expect(chooseWindow({ ...here, args: ["--home", "/data/station"] })).toMatchObject({
      kind: "electron",
      env: { STATION_HOME: "/data/station" },
    });
  });

  test.each([
    ["its program is missing", { binary: null }, /not installed/],
    ["there is no display", { env: {} }, /no display/],
    ["it would run as root", { uid: 0 }, /root/],
    ["the browser is asked for", { args: ["--browser"] }, /as asked/],
  ])("the browser, saying so, when %s", (_title, change, said) => {
    const choice = chooseWindow({ ...here, ...change });
    expect(choice.kind).toBe("browser");
    expect(choice.said).toMatch(said);
  });

  test("the browser is opened only where there is a display and nobody minds", () => {
    expect(chooseWindow({ ...here, binary: null, args: ["--stick", "/s"] }).args).toEqual(["--stick", "/s", "--open"]);
    expect(chooseWindow({ ...here, binary: null, env: {} }).args).toEqual([]);
    expect(chooseWindow({ ...here, args: ["--browser", "--no-open"] }).args).toEqual([]);
  });

  test("never with the sandbox switched off", () => {
    for (const uid of [0, 1000]) expect(JSON.stringify(chooseWindow({ ...here, uid }))).not.toContain("no-sandbox");
  });
});

describe("the Electron program", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "station-start-"));
    mkdirSync(join(root, "node_modules", "electron", "dist"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("is not there when only the package is", () => expect(electronBinary(root, {})).toBeNull());

  test("is not there when its name is known and the file is missing", () => {
    writeFileSync(join(root, "node_modules", "electron", "path.txt"), "electron");
    expect(electronBinary(root, {})).toBeNull();
  });

  test("is found by the name the package has written", () => {
    const binary = join(root, "node_modules", "electron", "dist", "electron");
    writeFileSync(join(root, "node_modules", "electron", "path.txt"), "electron");
    writeFileSync(binary, "");
    expect(electronBinary(root, {})).toBe(binary);
  });

  test("is found in a folder of one's own", () => {
    writeFileSync(join(root, "electron"), "");
    expect(electronBinary(root, { ELECTRON_OVERRIDE_DIST_PATH: root })).toBe(join(root, "electron"));
  });
});

test("the command line begins with as many threads for files as a stick's worker has", () => {
  const [shebang] = readFileSync(join(import.meta.dirname, "../../electron/cli/station.mjs"), "utf8").split("\n");
  expect(shebang).toContain(` UV_THREADPOOL_SIZE=${fileThreads} node `);
  expect(childEnvironment()["UV_THREADPOOL_SIZE"]).toBe(String(fileThreads));
});
