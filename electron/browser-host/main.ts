import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { accountSecretFile } from "../engine/keys/index.ts";
import { systemClock } from "../engine/platform/clock.ts";
import { readPageFiles } from "../engine/platform/page-files.ts";
import { systemRandom } from "../engine/platform/random.ts";
import { defaultHome } from "../engine/platform/station-home.ts";
import { openWindowEngine } from "../engine/window-engine.ts";
import { startSandbox } from "../sandbox/sandbox.ts";
import { givenFolders } from "./given-folders.ts";
import { startBrowserHost } from "./host.ts";
import { openInBrowser } from "./open-page.ts";

/**
 * The station's window in a browser: for machines without the desktop shell, and for tests. Prints its address, which
 * holds this run's token, as the first line of standard output.
 */
const root = resolve(import.meta.dirname, "..", "..");
const { values } = parseArgs({
  options: {
    home: { type: "string" },
    stick: { type: "string", multiple: true },
    out: { type: "string" },
    ca: { type: "string" },
    licence: { type: "string" },
    "vendor-key": { type: "string" },
    seats: { type: "string" },
    checkpoint: { type: "string" },
    port: { type: "string" },
    open: { type: "boolean" },
  },
});
const { env } = process;
const home = resolve(values.home ?? env["STATION_HOME"] ?? defaultHome(env, process.platform, homedir()));
mkdirSync(home, { recursive: true, mode: 0o700 });

const engine = openWindowEngine({
  home,
  sealing: { custody: "account", file: accountSecretFile(env, process.platform, homedir()) },
  passphrase: env["STATION_PASSPHRASE"] || null,
  version: String(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version),
  env,
  dialogs: givenFolders({
    sticks: (values.stick ?? []).map((folder) => resolve(folder)),
    out: values.out === undefined ? null : resolve(values.out),
    ca: values.ca === undefined ? null : resolve(values.ca),
    licence: values.licence === undefined ? null : resolve(values.licence),
    vendorKey: values["vendor-key"] === undefined ? null : resolve(values["vendor-key"]),
    seats: values.seats === undefined ? null : resolve(values.seats),
    checkpoint: values.checkpoint === undefined ? null : resolve(values.checkpoint),
  }),
  startRehearsalServer: ({ stateFile, port }) => startSandbox({ stateFile, port, latencyMs: 25, jitterMs: 15 }),
  verifierPy: () => readFileSync(join(root, "electron", "engine", "ledger", "verify.py")),
  log: { info: (message) => console.error(message), warn: (message) => console.error(message) },
});
const host = await startBrowserHost({
  dispatch: engine.dispatch,
  pages: await readPageFiles(join(root, "dist", "renderer")),
  random: systemRandom,
  port: Number(values.port ?? 0),
});
console.log(host.address);
console.error("The station is open at the address above, for this browser and this run only. Ctrl+C ends it.");
const forget = values.open === true ? openInBrowser(host.address, home) : () => {};

let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // A second one ends at once: the ledger and the stick are made for that.
    if (ending) process.exit(130);
    ending = true;
    forget();
    void endInOrder();
  });
}

async function endInOrder(): Promise<void> {
  const blocker = engine.quitBlocker();
  if (blocker !== null) console.error(blocker.message);
  while (engine.quitBlocker() !== null) await systemClock.sleep(100);
  await host.close();
  await engine.close();
  process.exit(0);
}
