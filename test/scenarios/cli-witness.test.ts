import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import { type CliRun, type CliWorld, inWorld } from "./cli-world.ts";

test("a checkpoint goes to a witness and comes back with its word, which is logged and listed", () =>
  inWorld(async (world) => {
    const at = await twoStations(world);
    const asked = await world.station(["witness", "ask", "--out", at("ask-1")]);
    expect(asked.code).toBe(0);
    expect(codeOf(await hq(world, ["cosign", "--checkpoint", at("ask-1"), "--out", at("none")]))).toBe("VERIFY_KEYS");
    const given = await hq(world, [
      "cosign",
      "--checkpoint",
      at("ask-1"),
      "--out",
      at("back-1"),
      "--ledger-key",
      at("keys/ledger.vkey"),
      "--json",
    ]);
    expect([given.code, JSON.parse(given.stdout)]).toEqual([
      0,
      { out: at("back-1"), origin: "dock", size: 2, seen_before: 0, witness: "hq" },
    ]);

    const added = await world.station(["witness", "add", at("back-1"), "--json"]);
    expect([added.code, JSON.parse(added.stdout)]).toEqual([0, { size: 2, witnesses: ["hq"], needed: 1 }]);
    expect(world.entries("witness.cosigned")).toMatchObject([{ tree_size: 2, witnesses: ["hq"] }]);
    // The same again is no news.
    await world.station(["witness", "add", at("back-1")]);
    expect(world.entries("witness.cosigned")).toHaveLength(1);
    const list = JSON.parse((await world.station(["witness", "list", "--json"])).stdout);
    expect(list).toMatchObject({
      policy: { needed: 1 },
      cosigned: [{ size: 2, witnesses: ["hq"] }],
      contradictions: [],
    });
  }));

test("a witness that has seen an earlier checkpoint wants the proof from there, and nothing else will do", () =>
  inWorld(async (world) => {
    const at = await twoStations(world);
    await world.station(["witness", "ask", "--out", at("ask-1")]);
    await hq(world, [
      "cosign",
      "--checkpoint",
      at("ask-1"),
      "--out",
      at("back-1"),
      "--ledger-key",
      at("keys/ledger.vkey"),
    ]);
    world.askFor("a");
    await world.provision();
    await world.station(["witness", "ask", "--out", at("ask-2")]);
    const unproved = await hq(world, ["cosign", "--checkpoint", at("ask-2"), "--out", at("back-2"), "--json"]);
    expect(JSON.parse(unproved.stdout).error).toMatchObject({ code: "WITNESS_UNPROVED", details: { seen: 2 } });
    await world.station(["witness", "ask", "--old", "2", "--out", at("ask-3")]);
    const proof = readFileSync(at("ask-3"), "utf8");
    writeFileSync(at("bad"), proof.replace(/\n[A-Za-z0-9+/]{43}=\n/, `\n${Buffer.alloc(32).toString("base64")}\n`));
    expect(codeOf(await hq(world, ["cosign", "--checkpoint", at("bad"), "--out", at("back-2")]))).toBe(
      "WITNESS_UNPROVED",
    );
    // An older one than was seen can't be judged and gets no signature either.
    expect((await hq(world, ["cosign", "--checkpoint", at("ask-3"), "--out", at("back-3")])).code).toBe(0);
    expect(codeOf(await hq(world, ["cosign", "--checkpoint", at("ask-1"), "--out", at("back-4")]))).toBe(
      "WITNESS_UNPROVED",
    );
    expect(readdirSync(join(at("keys"), "..")).filter((name) => name.startsWith("back-"))).toEqual([
      "back-1",
      "back-3",
    ]);
    expect((await world.station(["witness", "add", at("back-3")])).code).toBe(0);
  }));

test("two ledgers of one size under one key are refused by the witness, and both notes are kept", () =>
  inWorld(async (world) => {
    const at = await twoStations(world);
    cpSync(world.home, at("forked"), { recursive: true });
    await world.station(["witness", "policy", "--need", "0"]);
    await world.station(["witness", "policy", "--need", "0", "--operator", "other", "--home", at("forked")]);
    await world.station(["witness", "ask", "--out", at("one")]);
    await world.station(["witness", "ask", "--out", at("two"), "--home", at("forked")]);
    await hq(world, ["cosign", "--checkpoint", at("one"), "--out", at("back"), "--ledger-key", at("keys/ledger.vkey")]);
    expect(codeOf(await hq(world, ["cosign", "--checkpoint", at("two"), "--out", at("none")]))).toBe("WITNESS_FORKED");
    const shown = await hq(world, [], ["ledger", "show", "--json"]);
    const entries = JSON.parse(shown.stdout).entries as readonly Record<string, string>[];
    const refused = entries.find(({ type }) => type === "checkpoint.refused");
    const note = (file: string) => readFileSync(at(file), "utf8").replace(/^old 0\n\n/, "");
    expect([refused?.["checkpoint"], refused?.["seen_checkpoint"]]).toEqual([note("two"), note("one")]);
  }));

test("a receipt, a pasted note with other line ends and an export's checkpoint are all taken", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const base = join(world.home, "..");
    const [batch = ""] = world.batches();
    const folder = join(world.stick, "PROVISIONING", batch);
    const receipt = readdirSync(folder).find((name) => name.endsWith(".tlog-proof")) ?? "";
    await world.station(["ledger", "export", "--out", join(base, "bundle")]);
    const note = readFileSync(join(base, "bundle", "checkpoint"), "utf8");
    writeFileSync(join(base, "pasted"), note.replaceAll("\n", "\r\n").trimEnd());
    for (const file of [join(folder, receipt), join(base, "bundle", "checkpoint"), join(base, "pasted")]) {
      expect((await world.station(["witness", "add", file])).code).toBe(0);
    }
    // Each one that proves more than the last is logged, and the pasted one proved no more.
    expect(world.entries("witness.seen").map(({ stick }) => stick)).toEqual([null, null]);
  }));

test("checkpoints of other stations and by other keys are told apart, and say nothing", () =>
  inWorld(async (world) => {
    const at = await twoStations(world);
    await hq(world, ["ask", "--out", at("theirs")]);
    expect(codeOf(await world.station(["witness", "add", at("theirs")]))).toBe("LEDGER_FOREIGN");
    // Names only: base64 may hold the same letters.
    const forged = readFileSync(at("theirs"), "utf8").replaceAll(/^(— )?hq(?= |$)/gm, "$1dock");
    writeFileSync(at("forged"), forged);
    expect(codeOf(await world.station(["witness", "add", at("forged")]))).toBe("VERIFY_SIGNATURE");
    writeFileSync(at("junk"), "hello");
    expect(codeOf(await world.station(["witness", "add", at("junk")]))).toBe("VERIFY_ENCODING");
  }));

test("a checkpoint from before the ledger was rewound is kept as evidence with today's beside it, once", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const base = join(world.home, "..");
    cpSync(join(world.home, "ledger.db"), join(base, "older.db"));
    world.askFor("b");
    await world.provision();
    const note = (await world.station(["ledger", "checkpoint"])).stdout;
    writeFileSync(join(base, "paper"), note);
    cpSync(join(base, "older.db"), join(world.home, "ledger.db"));
    for (const beside of ["ledger.db-wal", "ledger.db-shm"]) rmSync(join(world.home, beside), { force: true });
    const today = (await world.station(["ledger", "checkpoint"])).stdout;
    for (let i = 0; i < 2; i++) {
      const run = await world.station(["witness", "add", join(base, "paper")]);
      expect([run.code, codeOf(run)]).toEqual([5, "LEDGER_REWOUND"]);
    }
    expect(world.entries("stick.contradicted")).toEqual([
      expect.objectContaining({ stick: null, checkpoint: note, own_checkpoint: today, reason: "ahead" }),
    ]);
    expect(parseCheckpoint(parseNote(note).text).size).toBeGreaterThan(parseCheckpoint(parseNote(today).text).size);
  }));

test("a stick that comes back is logged when it proves more than it did the last time", () =>
  inWorld(async (world) => {
    for (const letter of ["a", "b", "c"]) {
      world.askFor(letter);
      await world.provision();
    }
    const seen = world.entries("witness.seen").map(({ tree_size }) => Number(tree_size));
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    await world.provision(["--dry-run"]);
    expect(world.entries("witness.seen")).toHaveLength(2);
  }));

/** This world's station "dock" and a second one, "hq", which dock names as its witness. @returns paths beside the homes */
async function twoStations(world: CliWorld): Promise<(name: string) => string> {
  const at = (name: string) => join(world.home, "..", name);
  await world.station(["keys", "export", "--out", at("keys"), "--station-name", "dock"]);
  const vkey = (await hq(world, ["key", "--station-name", "hq"])).stdout.trim();
  const set = await world.station(["witness", "policy", "--need", "1", "--witness", vkey]);
  if (set.code !== 0) throw new Error(set.stderr);
  return at;
}

function hq(
  world: CliWorld,
  args: readonly string[],
  command: readonly string[] = ["witness", ...args],
): Promise<CliRun> {
  return world.station([...command, "--home", join(world.home, "..", "hq")]);
}

/** In brackets at the end of what people read. */
function codeOf({ stderr }: CliRun): string {
  return /\[([A-Z_]+)\]\s*$/.exec(stderr)?.[1] ?? "";
}
