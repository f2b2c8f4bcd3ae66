import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Verdict, verifyEvidence } from "#shared/verifier/verify.ts";
import { verifyCommand } from "../../electron/cli/commands/verify.ts";
import { type AuditorWorld, auditorWorld, trustedKeysIn, verifierPy } from "../fixtures/auditor-world.ts";
import { type BundleLoot, type BundleTampering, bundleTamperings } from "../fixtures/bundle-tamperings.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { type PythonVerdict, python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { type StickLoot, type StickTampering, stickTamperings } from "../fixtures/stick-tamperings.ts";

/**
 * Each kind of tampering (TAMPER.md) on a bundle and a stick that the real engine made, before three judges that share
 * no code: the browser's verifier, verify.py, and for sticks `station verify`.
 */
let world: AuditorWorld;
let other: AuditorWorld;
let fork: AuditorWorld;
let bundle: string;
let stick: string;
let second: string;
let keys: string;
let bundleLoot: BundleLoot;
let stickLoot: StickLoot;
let count = 0;

beforeAll(async () => {
  world = await auditorWorld();
  other = await auditorWorld("dock-8.example");
  stick = await world.provision("stick", ["pump", "valve", "gateway"]);
  const early = await world.exportTo("early");
  fork = await world.fork("home-of-fork");
  const forkStick = await fork.provision("stick-of-fork", ["kiln", "gateway"]);
  await fork.provision("stick-of-fork-2", ["kiln", "mixer", "oven", "gateway", "pump"]);
  await world.provision("stick", ["pump", "valve", "gateway", "press"], { ttlDays: 90 });
  second = await world.provision("second", ["gateway", "lathe"]);
  bundle = await world.exportTo("bundle");
  keys = world.exportKeys("keys");
  const otherStick = await other.provision("stick", ["pump", "valve"]);
  const ring = world.station.keys;
  const signer = (use: "manifest" | "minisign") => ({
    publicKey: ring.publicKey(use),
    sign: (message: Uint8Array) => ring.sign(use, message),
  });
  bundleLoot = { early, other: await other.exportTo("bundle"), fork: await fork.exportTo("fork") };
  stickLoot = {
    second,
    other: otherStick,
    fork: forkStick,
    stolen: { manifest: signer("manifest"), minisign: signer("minisign"), minisignKeyId: ring.minisignKeyId },
  };
});

afterAll(async () => {
  await fork?.close();
  await other?.close();
  await world?.close();
});

test("before anything is done to them, bundle and sticks are good in the eyes of every judge", async () => {
  expect(problems(await browser({ bundle, stick, second }))).toEqual([]);
  expect(await stationVerdict(stick)).toEqual([]);
  if (python === null) return;
  expect(pythonVerdicts(verifierPy, [pythonJob({ bundle, stick }), pythonJob({ bundle, stick: second })])).toEqual([
    { code: 0, out: expect.stringMatching(/OK\n$/) },
    { code: 0, out: expect.stringMatching(/OK\n$/) },
  ]);
});

describe("what is done to a bundle is named by the browser's verifier and by verify.py", () => {
  const done = new Map<string, { readonly browser: Verdict; readonly witnessed: Verdict; readonly path: string }>();
  let said: ReadonlyMap<string, PythonVerdict>;

  beforeAll(async () => {
    for (const tampering of bundleTamperings) {
      const path = fresh(bundle);
      tampering.apply(path, bundleLoot);
      const alone = await browser({ tampered: path });
      done.set(tampering.kind, { browser: alone, witnessed: await browser({ tampered: path, second }), path });
    }
    said = pythonSaid(
      bundleTamperings.map(({ kind, needsWitness }) => [
        kind,
        { bundle: done.get(kind)?.path ?? "", ...(needsWitness === true ? { stick: second } : {}) },
      ]),
    );
  });

  test.each(bundleTamperings)("$kind", ({ kind, codes, where, needsWitness }: BundleTampering) => {
    const verdicts = done.get(kind);
    if (verdicts === undefined) throw new Error("nothing was done");
    if (needsWitness === true) {
      expect(problems(verdicts.browser)).toEqual([]);
      expect(problems(verdicts.witnessed).map(codeOf)).toEqual(expect.arrayContaining([...codes]));
    } else {
      expect(problems(verdicts.browser).map(codeOf)).toEqual(expect.arrayContaining([...codes]));
      expect(problems(verdicts.browser).map(pathOf)).toContainEqual(expect.stringContaining(`tampered/${where}`));
    }
    if (python === null) return;
    expect(said.get(kind)).toMatchObject({ code: 5 });
    expect(wrongLines(said.get(kind))).toContainEqual(
      expect.stringContaining(needsWitness === true ? "PROVISIONING" : where),
    );
  });
});

describe("what is done to a stick is named by the browser's verifier, verify.py and station verify", () => {
  const done = new Map<
    string,
    {
      readonly alone: Verdict;
      readonly withLedger: Verdict;
      readonly station: readonly string[];
      readonly path: string;
    }
  >();
  let said: ReadonlyMap<string, PythonVerdict>;

  beforeAll(async () => {
    for (const { kind, apply } of stickTamperings) {
      const path = fresh(stick);
      apply(path, stickLoot);
      const alone = await browser({ tampered: path });
      done.set(kind, {
        alone,
        withLedger: await browser({ tampered: path, bundle }),
        station: await stationVerdict(path),
        path,
      });
    }
    said = pythonSaid(
      stickTamperings.map(({ kind, needsWitness }) => [
        kind,
        { stick: done.get(kind)?.path ?? "", ...(needsWitness === true ? { bundle } : {}) },
      ]),
    );
  });

  test.each(stickTamperings)("$kind", ({ kind, codes, where, needsWitness }: StickTampering) => {
    const verdicts = done.get(kind);
    if (verdicts === undefined) throw new Error("nothing was done");
    const found = problems(needsWitness === true ? verdicts.withLedger : verdicts.alone);
    expect(found.map(codeOf)).toEqual(expect.arrayContaining([...codes]));
    expect(found.map(pathOf)).toContainEqual(expect.stringContaining(where));
    if (needsWitness === true) {
      // A stick that the station's own keys signed is good by itself: that is what the outside is needed for.
      expect(problems(verdicts.alone)).toEqual([]);
      expect(verdicts.station).toEqual([]);
    } else {
      expect(verdicts.station).toContainEqual(expect.stringContaining(where));
    }
    if (python === null) return;
    expect(said.get(kind)).toMatchObject({ code: 5 });
    expect(wrongLines(said.get(kind))).toContainEqual(expect.stringContaining(where));
  });
});

test("the table in TAMPER.md lists every kind, and says of each whether it needs the outside", () => {
  const page = readFileSync(new URL("../../electron/engine/ledger/TAMPER.md", import.meta.url), "utf8");
  const tables = page.split("\n").filter((line) => line.startsWith("|") && !/^\| *(?:what is done|-)/.test(line));
  const rows = tables.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const all = [...bundleTamperings, ...stickTamperings];
  expect(rows.map(([kind, , outside]) => [kind, outside !== ""])).toEqual(
    all.map(({ kind, needsWitness }) => [kind, needsWitness === true]),
  );
  expect(all.length).toBeGreaterThanOrEqual(40);
});

function fresh(folder: string): string {
  count += 1;
  const copy = join(world.base, `tampered-${count}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function browser(folders: Readonly<Record<string, string>>): Promise<Verdict> {
  return verifyEvidence({ source: folderSource(folders), keys: trustedKeysIn(keys) });
}

/** `code path` of everything that is wrong. */
function problems(verdict: Verdict | undefined): readonly string[] {
  const found = [...(verdict?.findings ?? []), ...(verdict?.subjects ?? []).flatMap(({ findings }) => findings)];
  expect(verdict?.ok).toBe(found.length === 0);
  return found.map(({ code, path }) => `${code} ${path}`);
}

function codeOf(problem: string): string {
  return problem.split(" ", 1)[0] ?? "";
}

function pathOf(problem: string): string {
  return problem.slice(codeOf(problem).length + 1);
}

interface Handed {
  readonly bundle?: string;
  readonly stick?: string;
}

function pythonJob({ bundle, stick }: Handed): readonly string[] {
  return [
    "--keys",
    keys,
    ...(bundle === undefined ? [] : [bundle]),
    ...(stick === undefined ? [] : ["--stick", stick]),
  ];
}

function pythonSaid(jobs: readonly (readonly [string, Handed])[]): ReadonlyMap<string, PythonVerdict> {
  if (python === null) return new Map();
  const verdicts = pythonVerdicts(
    verifierPy,
    jobs.map(([, handed]) => pythonJob(handed)),
  );
  return new Map(jobs.map(([kind], i) => [kind, verdicts[i] ?? { code: -1, out: "" }]));
}

function wrongLines(verdict: PythonVerdict | undefined): readonly string[] {
  return (verdict?.out ?? "").split("\n").filter((line) => line.startsWith("WRONG"));
}

/** The paths that `station verify` blames. */
async function stationVerdict(path: string): Promise<readonly string[]> {
  const out: string[] = [];
  const io = { stdout: (line: string) => out.push(line), stderr: () => {}, env: {} };
  const code = await verifyCommand(
    ["--stick", path, "--keys", keys, "--json"],
    io as unknown as Parameters<typeof verifyCommand>[1],
  );
  const verdict = JSON.parse(out.join("")) as {
    ok: boolean;
    batches: readonly { problems: readonly { path: string }[] }[];
  };
  expect(code).toBe(verdict.ok ? 0 : 5);
  return verdict.batches.flatMap(({ problems }) => problems.map((problem) => problem.path));
}
