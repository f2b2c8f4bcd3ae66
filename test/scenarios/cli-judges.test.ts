import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paeBytes, parseEnvelope } from "#shared/formats/dsse.ts";
import { type CliWorld, cliWorld } from "./cli-world.ts";

/**
 * What the command line leaves behind, judged by programs that are not ours, with the very commands that our texts
 * tell people to type. STATION_REQUIRE_JUDGES=1 makes a missing program a failure.
 */
const isRequired = process.env["STATION_REQUIRE_JUDGES"] === "1";

let world: CliWorld;
let keys: string;
let exported: string;
let batch: string;

beforeAll(async () => {
  world = await cliWorld();
  const aside = join(world.home, "..");
  keys = join(aside, "keys");
  exported = join(aside, "export");
  world.askFor("a", "b");
  // A name that a spreadsheet would run, were it not guarded in the table.
  world.ask("c.fingerprint.json", '{"fingerprint":"fp-c-0001","device_name":"@SUM(A1)"}');
  await world.provision();
  batch = join(world.stick, "PROVISIONING", world.batches()[0] ?? "");
  world.askFor("d");
  await world.provision();
  await world.station(["keys", "export", "--out", keys]);
  expect((await world.station(["ledger", "export", "--out", exported])).code).toBe(0);
});
afterAll(() => world.close());

/** The test runs where all programs are; elsewhere it is skipped, and its title says for want of what. */
function judged(programs: readonly string[], title: string, work: () => void | Promise<void>): void {
  const missing = programs.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  if (missing.length === 0 || isRequired) test(title, work);
  else test.skip(`${title} (skipped: no ${missing.join(", ")} here)`, work);
}

function shell(command: string, folder: string): SpawnSyncReturns<string> {
  return spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
}

/** Lines that a text shows as commands: set in by four blanks. */
function commandsIn(file: string): readonly string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.trim());
}

function expectGood({ status, stdout, stderr }: SpawnSyncReturns<string>): void {
  expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
}

judged(["sha256sum"], "sha256sum -c accepts the sums, which list every file but themselves", () => {
  const run = shell("sha256sum --strict -c SHA256SUMS", batch);
  expectGood(run);
  const listed = run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/: OK$/, ""));
  const there = readdirSync(batch).filter((name) => !name.startsWith("SHA256SUMS"));
  expect(listed.sort()).toEqual(there.sort());
});

judged(["minisign"], "minisign accepts the sums under the exported key, and not under another station's", () => {
  expectGood(shell(`minisign -Vm SHA256SUMS -p ${join(keys, "minisign.pub")}`, batch));
  const text = readFileSync(join(keys, "minisign.pub"), "utf8").split("\n");
  const bytes = Buffer.from(text[1] ?? "", "base64");
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  const other = join(keys, "..", "other.pub");
  writeFileSync(other, [text[0], bytes.toString("base64"), ""].join("\n"));
  expect(shell(`minisign -Vm SHA256SUMS -p ${other}`, batch).status).not.toBe(0);
});

judged(["openssl"], "openssl accepts the manifest over its pre-authentication bytes, and not one bit off", () => {
  const { payloadType, payload, signature } = parseEnvelope(readFileSync(join(batch, "manifest.dsse.json")));
  const folder = join(keys, "..");
  const command = `openssl pkeyutl -verify -rawin -pubin -inkey ${join(keys, "manifest.pem")} -in pae -sigfile sig`;
  writeFileSync(join(folder, "sig"), signature);
  writeFileSync(join(folder, "pae"), paeBytes(payloadType, payload));
  expectGood(shell(command, folder));
  const changed = Buffer.from(paeBytes(payloadType, payload));
  changed[100] = (changed[100] ?? 0) ^ 1;
  writeFileSync(join(folder, "pae"), changed);
  expect(shell(command, folder).status).not.toBe(0);
});

judged(["python3", "openssl", "sha256sum", "base64"], "every command of VERIFY.txt runs and accepts the export", () => {
  const receipt = readdirSync(batch).find((name) => name.endsWith(".tlog-proof")) ?? "";
  // As VERIFY.txt says: the checkpoint is in every receipt, below the empty line.
  expectGood(shell(`sed '1,/^$/d' "${join(batch, receipt)}" > older`, exported));
  const commands = commandsIn(join(exported, "VERIFY.txt")).filter((command) => !command.startsWith("sqlite3"));
  expect(commands.length).toBeGreaterThanOrEqual(6);
  for (const command of commands) {
    const filled = command.replace("OLDER_CHECKPOINT", "older").replace("FOLDER_OF_THE_STICK", world.stick);
    expectGood(shell(filled, exported));
  }
  rmSync(join(exported, "older"));
});

judged(["python3", "openssl"], "every command of a slice's VERIFY.txt runs and accepts the slice", async () => {
  const slice = join(exported, "..", "slice");
  expect((await world.station(["ledger", "export", "--device", "fp-a-0001", "--out", slice])).code).toBe(0);
  const text = readFileSync(join(slice, "VERIFY.txt"), "utf8");
  expect(text.includes("verify.html")).toBe(existsSync(join(slice, "verify.html")));
  const commands = commandsIn(join(slice, "VERIFY.txt"));
  expect(commands[0]).toBe("python3 verify.py --keys . .");
  expect(commands).toHaveLength(4);
  for (const command of commands) expectGood(shell(command, slice));
});

judged(["python3"], "the stock Python verifier refuses an export with one changed entry", () => {
  const changed = join(exported, "..", "changed");
  expectGood(shell(`cp -r . ${changed} && sed -i 's/a-device/A-device/' ${join(changed, "entries.jsonl")}`, exported));
  expect(shell("python3 verify.py --keys . .", changed).status).toBe(5);
});

judged(["sqlite3"], "the database opens in sqlite3 with the command VERIFY.txt gives, the station closed", () => {
  const command = commandsIn(join(exported, "VERIFY.txt")).find((line) => line.startsWith("sqlite3")) ?? "";
  const run = shell(command, world.home);
  expectGood(run);
  const rows = run.stdout.trimEnd().split("\n");
  expect(rows).toHaveLength(world.entries().length);
  expect(rows[0]).toMatch(/^0\|.*\|ledger\.created\|$/);
});

judged(["sha256sum", "minisign"], "the commands of the stick's own README.txt run", () => {
  const text = readFileSync(join(batch, "README.txt"), "utf8");
  const commands = text.split("\n").filter((line) => /^ {2}(?:sha256sum|minisign) /.test(line));
  expect(commands).toHaveLength(2);
  for (const command of commands) expectGood(shell(command, batch));
});

test("the export's table runs nothing in a spreadsheet, and the rest is as the ledger has it", () => {
  const table = readFileSync(join(exported, "ledger.csv"), "utf8");
  expect(table).toContain("'@SUM(A1)");
  expect(table).not.toMatch(/(?:^|,)"?[=+@-]/m);
  const entries = readFileSync(join(exported, "entries.jsonl"), "utf8").trimEnd().split("\n");
  expect(entries.map((line) => JSON.parse(line))).toEqual(world.entries());
});

test("an export goes only into a folder of its own", async () => {
  const again = await world.station(["ledger", "export", "--out", exported, "--json"]);
  expect(again.code).not.toBe(0);
  expect(again.stderr).toMatch(/empty|new/i);
});
