import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox } from "../sandbox/sandbox.ts";
import { rehearsalFiles, writeRehearsalStick } from "../engine/handlers/rehearsal-stick.ts";
import { systemRandom } from "../engine/platform/random.ts";

/** `npm run demo [FOLDER]`: the main job on the embedded sandbox, with a folder as the stick; every step is a command anybody can repeat. */
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const devices = 24;

/** What goes wrong in practice, and a file that is none of ours. */
const broken = [
  { path: "half-written.fingerprint.json", content: '{"fingerprint": "9f2c77' },
  { path: "line-c/fingerprints.csv", content: "fingerprint,device_name\r\nshort,left-over row\r\n" },
  { path: "IMG_0231.jpg", content: "a photograph of a type plate" },
];
process.exitCode = await demo(process.argv[2] ?? null);

async function demo(folder: string | null): Promise<number> {
  const base = folder === null ? mkdtempSync(join(tmpdir(), "station-demo-")) : resolve(folder);
  const [home, stick, keys] = ["home", "stick", "keys"].map((name) => join(base, name)) as [string, string, string];
  if (folder !== null) for (const place of [home, stick, keys]) rmSync(place, { recursive: true, force: true });
  mkdirSync(stick, { recursive: true });
  say("1. A rehearsal licensing server, on this machine only");
  const sandbox = await startSandbox({ seats: 100 });
  say(`   ${sandbox.url}, product ${sandbox.product}`);
  say(`2. A folder as a stick, with the requests of ${devices} devices and a few broken ones`);
  writeRehearsalStick(stick, [...rehearsalFiles(devices, systemRandom, new Date()), ...broken]);
  for (const name of readdirSync(stick, { recursive: true, encoding: "utf8" }).sort().slice(0, 12)) say(`   ${name}`);
  const env = { ...process.env, STATION_HOME: home, LICENSESEAT_API_KEY: sandbox.apiKey };
  const station = (args: readonly string[]) => runStation(args, env);
  try {
    say("3. Activate, issue, deliver");
    const provisioned = await station([
      "provision",
      "--stick",
      stick,
      "--api",
      sandbox.url,
      "--product",
      sandbox.product,
      "--license",
      sandbox.licenseKey,
      "--operator",
      "demo",
    ]);
    // The broken requests are refused by name, which is exit code 1: the rest is done.
    if (provisioned !== 1) return failed("provision", provisioned);
    say("4. Export the public keys, and verify the stick with nothing but them");
    const exported = await station(["keys", "export", "--out", keys]);
    if (exported !== 0) return failed("keys export", exported);
    const verified = await station(["verify", "--stick", stick, "--keys", keys, "--license", sandbox.licenseKey]);
    if (verified !== 0) return failed("verify", verified);
    say("5. The ledger");
    const ledger = await station(["ledger", "verify"]);
    if (ledger !== 0) return failed("ledger verify", ledger);
    const seats = sandbox.activations().length;
    if (seats !== devices) return failed(`the count of seats (${seats} of ${devices})`, 1);
    say(`\n${seats} seats taken on the server, ${devices} machine files delivered and verified.`);
    say(`Look around: the stick is ${stick}, the station's data ${home}, the public keys ${keys}.`);
    return 0;
  } finally {
    await sandbox.close();
  }
}

function runStation(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // The rehearsal key is worth nothing, but a habit is a habit.
  const shown = args.map((arg, i) => (args[i - 1] === "--license" ? "…" : arg));
  say(`   $ npx station ${shown.join(" ")}`);
  return new Promise((done, refuse) => {
    const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "inherit", "pipe"] });
    child.stderr
      .setEncoding("utf8")
      .on("data", (text: string) => process.stdout.write(text.replace(/^(?=.)/gm, "     ")));
    child.on("error", refuse);
    child.on("close", (code) => done(code ?? 1));
  });
}

function failed(what: string, code: number): number {
  say(`The demo stopped: ${what} ended with ${code}.`);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
