import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cosignerType } from "#shared/formats/cosignature.ts";
import { parseVkey } from "#shared/formats/signed-note.ts";
import { readVkey } from "#shared/verifier/note.ts";
import type { TrustedKeys } from "#shared/verifier/trusted-keys.ts";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import { trustedKeysIn, verifierPy } from "../fixtures/auditor-world.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { type CliWorld, inWorld } from "./cli-world.ts";

test("a new ledger goes on from a lost one, and both verifiers hold the old bundle against the link", () =>
  inWorld(async (world) => {
    const at = (name: string) => join(world.home, "..", name);
    world.askFor("a");
    await world.provision();
    await must(world, ["keys", "export", "--out", at("old-keys")]);
    writeFileSync(at("paper"), (await world.station(["ledger", "checkpoint"])).stdout);
    await must(world, ["ledger", "export", "--out", at("old-early")]);
    await must(world, ["witness", "policy", "--need", "0"]);
    await must(world, ["ledger", "export", "--out", at("old")]);
    const begin = ["--checkpoint", at("paper"), "--old-key", at("old-keys/ledger.vkey"), "--reason", "disk lost"];
    const run = await world.station([
      "ledger",
      "succeed",
      "--home",
      at("new"),
      "--station-name",
      "dock-b",
      ...begin,
      "--json",
    ]);
    const size = world.entries().length - 1;
    expect([run.code, JSON.parse(run.stdout)]).toMatchObject([0, { station: "dock-b", predecessor: { size } }]);
    expect((await world.station(["ledger", "succeed", "--home", at("new"), ...begin])).code).toBe(2);
    await must(world, ["ledger", "export", "--home", at("new"), "--out", at("bundle")]);
    await must(world, ["keys", "export", "--home", at("new"), "--out", at("keys")]);

    const keys = trustedKeysIn(at("keys"));
    const alone = await verifyEvidence({ source: folderSource({ bundle: at("bundle") }), keys });
    expect([alone.ok, alone.subjects[0]?.notes]).toMatchObject([
      true,
      [{ code: "continues", facts: { entries: size } }],
    ]);
    for (const old of ["old", "old-early"]) {
      const both = await verifyEvidence({ source: folderSource({ bundle: at("bundle"), old: at(old) }), keys });
      expect(both.subjects.flatMap(({ findings }) => findings)).toEqual([]);
      expect(both.subjects).toHaveLength(2);
    }
    // Cut off behind the link's back: an export of the lost ledger from before the link's checkpoint.
    const [, second] = await shorter(world, at);
    const cut = await verifyEvidence({ source: folderSource({ bundle: at("bundle"), old: second }), keys });
    expect(cut.subjects.flatMap(({ findings }) => findings.map(({ code }) => code))).not.toEqual([]);
    if (python === null) return;
    const job = ["--keys", at("keys"), at("bundle")];
    const said = pythonVerdicts(verifierPy, [
      job,
      [...job, "--predecessor", at("old")],
      [...job, "--predecessor", second],
    ]);
    expect(said.map(({ code }) => code)).toEqual([0, 0, 5]);
    expect(said[0]?.out).toContain("goes on from the lost ledger");
  }));

test("an export and a slice carry cosigned checkpoints, and both verifiers count the witnesses that are named", () =>
  inWorld(async (world) => {
    const at = (name: string) => join(world.home, "..", name);
    const hq = (...args: readonly string[]) => world.station([...args, "--home", at("hq")]);
    await must(world, ["keys", "export", "--out", at("keys")]);
    const vkey = (await hq("witness", "key", "--station-name", "hq")).stdout.trim();
    writeFileSync(at("hq.vkey"), `${vkey}\n`);
    await must(world, ["witness", "policy", "--need", "1", "--witness", at("hq.vkey")]);
    await must(world, ["ledger", "export", "--out", at("plain")]);
    await must(world, ["witness", "ask", "--out", at("ask")]);
    await hq(
      "witness",
      "cosign",
      "--checkpoint",
      at("ask"),
      "--out",
      at("back"),
      "--ledger-key",
      at("keys/ledger.vkey"),
    );
    await must(world, ["witness", "add", at("back")]);
    await must(world, ["ledger", "export", "--out", at("bundle")]);
    await must(world, ["ledger", "export", "--to", "2001-01-01", "--out", at("slice")]);
    expect(readFileSync(at("bundle/cosigned/2"), "utf8")).toContain("\u2014 hq ");
    expect(parseVkey(vkey, cosignerType).name).toBe("hq");
    const keys: TrustedKeys = {
      ...trustedKeysIn(at("keys")),
      witnesses: { keys: [readVkey(vkey, "cosignature")], needed: 1 },
    };
    const judged = async (name: string) => await verifyEvidence({ source: folderSource({ [name]: at(name) }), keys });
    expect((await judged("bundle")).subjects).toMatchObject([{ ok: true, witnesses: ["hq"] }]);
    expect((await judged("slice")).subjects).toMatchObject([{ kind: "slice", ok: true, witnesses: ["hq"] }]);
    expect((await judged("plain")).subjects).toMatchObject([{ ok: false, findings: [{ code: "too-few-witnesses" }] }]);
    if (python === null) return;
    const job = (name: string) => ["--keys", at("keys"), at(name), "--witness", at("hq.vkey"), "--need", "1"];
    expect(pythonVerdicts(verifierPy, [job("bundle"), job("slice"), job("plain")])).toMatchObject([
      { code: 0, out: expect.stringContaining("vouched for by hq") },
      { code: 0, out: expect.stringContaining("vouched for by hq") },
      { code: 5, out: expect.stringContaining("0 of the named witnesses") },
    ]);
  }));

test("older sticks, slices and exports verify with the newest keys under both verifiers after every key rotated", () =>
  inWorld(async (world) => {
    const at = (name: string) => join(world.home, "..", name);
    world.askFor("a");
    await world.provision();
    await must(world, ["ledger", "export", "--out", at("before")]);
    for (const use of ["ledger", "manifest", "minisign"]) await must(world, ["keys", "rotate", "--use", use]);
    await must(world, ["ledger", "export", "--out", at("after")]);
    await must(world, ["ledger", "export", "--out", at("slice"), "--device", "fp-a-0001"]);
    await must(world, ["keys", "export", "--out", at("keys")]);
    const verdict = await verifyEvidence({
      source: folderSource({ after: at("after"), before: at("before"), slice: at("slice"), stick: world.stick }),
      keys: trustedKeysIn(at("keys")),
    });
    expect(verdict.subjects.flatMap(({ findings }) => findings)).toEqual([]);
    if (python === null) return;
    const with_ = (...args: readonly string[]) => ["--keys", at("keys"), ...args];
    const jobs = [
      with_("--stick", world.stick),
      with_(at("before")),
      with_(at("after"), "--stick", world.stick),
      with_(at("slice"), "--stick", world.stick),
    ];
    expect(pythonVerdicts(verifierPy, jobs).map(({ code, out }) => [code, out.includes("WRONG")])).toEqual(
      jobs.map(() => [0, false]),
    );
  }));

/** Two exports of the lost ledger with its newest entries cut off: tiles and all, so that only the head is missing. */
async function shorter(world: CliWorld, at: (name: string) => string): Promise<readonly [string, string]> {
  const lines = readFileSync(at("old/entries.jsonl"), "utf8").split("\n");
  await must(world, ["ledger", "export", "--out", at("cut")]);
  writeFileSync(at("cut/entries.jsonl"), `${lines.slice(0, 3).join("\n")}\n`);
  return [at("old"), at("cut")];
}

async function must(world: CliWorld, args: readonly string[]): Promise<void> {
  const { code, stderr } = await world.station(args);
  if (code !== 0) throw new Error(stderr);
}
