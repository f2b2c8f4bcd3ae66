import { execFile } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/** A page on disk as the bytes of a PDF; null where this machine cannot print one. */
export type PrintPdf = (htmlFile: string) => Promise<Uint8Array | null>;

/** Prints with whatever Chromium this machine has; null when it has none, it fails, or it takes more than `timeoutMs`. */
export function chromiumPrinter(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  timeoutMs = 300_000,
): PrintPdf {
  return async (htmlFile) => {
    const program = findChromium(env, platform);
    if (program === null) return null;
    // A profile of its own: a browser that is open already would take the page over and print nothing.
    const scratch = mkdtempSync(join(tmpdir(), "station-print-"));
    try {
      const pdf = join(scratch, "report.pdf");
      const args = [...printArgs, `--user-data-dir=${join(scratch, "profile")}`, `--print-to-pdf=${pdf}`];
      const done = await runs(program, [...args, pathToFileURL(htmlFile).href], timeoutMs);
      return done && statSync(pdf, { throwIfNoEntry: false }) !== undefined ? readFileSync(pdf) : null;
    } finally {
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    }
  };
}

/** STATION_CHROMIUM names one; else it is looked for where each system keeps browsers. */
export function findChromium(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | null {
  const named = env["STATION_CHROMIUM"];
  if (named !== undefined) return named !== "" && isProgram(named) ? named : null;
  if (platform === "darwin") return macApps.find(isProgram) ?? null;
  if (platform === "win32") {
    const folders = [env["ProgramFiles"], env["ProgramFiles(x86)"], env["LOCALAPPDATA"]].filter(
      (one) => one !== undefined,
    );
    return folders.flatMap((folder) => windowsPrograms.map((path) => join(folder, path))).find(isProgram) ?? null;
  }
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return linuxNames.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null;
}

const linuxNames = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable"];
const macApps = ["Chromium", "Google Chrome", "Microsoft Edge"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const windowsPrograms = [
  join("Google", "Chrome", "Application", "chrome.exe"),
  join("Microsoft", "Edge", "Application", "msedge.exe"),
];

const printArgs = [
  "--headless",
  "--disable-gpu",
  "--no-first-run",
  "--disable-extensions",
  "--disable-background-networking",
  "--host-resolver-rules=MAP * ~NOTFOUND",
  "--no-pdf-header-footer",
  // Chromium's own sandbox does not run as root; the page is ours, without scripts and without a network.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

function runs(program: string, args: readonly string[], timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 }, (error) =>
      resolve(error === null),
    );
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
