import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";
import { type MemoryBundle, memoryBundle, memorySource, trusting } from "../fixtures/memory-bundle.ts";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { operatorsWorld } from "../fakes/operators-world.ts";

const verifier = new URL("../../electron/engine/ledger/verify.py", import.meta.url).pathname;
type Entry = Readonly<Record<string, unknown>>;

let genuine: readonly Entry[];
beforeAll(async () => {
  const world = operatorsWorld();
  const operators = await world.begin();
  await world.join("Grace", "supervisor");
  const ada = operators.current()?.id ?? "";
  await operators.setPin(ada, "brand-new-8");
  operators.setRules({ approvals: [], lockAfterMinutes: null, needAllotment: null });
  const created = { v: 1, type: "ledger.created", at: world.entries[0]?.at, origin: "bench-4" };
  genuine = [created, ...(world.entries as readonly Entry[])];
});

/** A ledger whose tree and head are in order, whatever its entries say: what a thief of the ledger's key could make. */
const bundleOf = (entries: readonly Entry[]): MemoryBundle => memoryBundle(entries.map(canonicalJson), exampleSigner);

async function findings(entries: readonly Entry[]): Promise<readonly string[]> {
  const files = Object.entries(bundleOf(entries)).map(([path, bytes]) => [`b/${path}`, bytes] as const);
  const verdict = await verifyEvidence({
    source: memorySource(Object.fromEntries(files)),
    keys: trusting(exampleSigner),
  });
  return verdict.subjects.flatMap((one) => one.findings.map(({ code, line }) => `${code} ${line}`));
}

const last = (entries: readonly Entry[], type: string) => entries.findLastIndex((entry) => entry["type"] === type);
const changed = (entries: readonly Entry[], index: number, change: Entry) =>
  entries.with(index, { ...entries[index], ...change });

const tamperings: readonly (readonly [string, (entries: readonly Entry[]) => readonly Entry[]])[] = [
  [
    "a covered entry that says something else",
    (all) => changed(all, last(all, "operator.policy-set"), { need_allotment: true }),
  ],
  ["another meaning", (all) => changed(all, last(all, "operator.signed"), { meaning: "approved" })],
  ["another subject", (all) => changed(all, last(all, "operator.signed"), { subject_sha256: "0".repeat(64) })],
  ["covering nothing", (all) => changed(all, last(all, "operator.signed"), { covers: 0 })],
  ["covering more than there is", (all) => changed(all, last(all, "operator.signed"), { covers: 5000 })],
  [
    "the key that a new PIN replaced",
    (all) => changed(all, last(all, "operator.signed"), { public_key: all[1]?.["public_key"] }),
  ],
  ["by somebody else", (all) => changed(all, last(all, "operator.signed"), { by: "op-0000000000000000" })],
  ["for somebody else", (all) => changed(all, last(all, "operator.signed"), { operator: "op-0000000000000000" })],
  ["an entry put between", (all) => all.toSpliced(last(all, "operator.signed"), 0, { ...all[3] })],
  ["another ledger's", (all) => changed(all, 0, { origin: "bench-5" })],
];

describe("operators' signatures in an export", () => {
  test("genuine ones are found in order", async () => {
    expect(genuine.filter(({ type }) => type === "operator.signed")).toHaveLength(4);
    expect(await findings(genuine)).toEqual([]);
  });

  test.each(tamperings)("%s is named", async (_, tamper) => {
    const found = await findings(tamper(genuine));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((one) => one.startsWith("operator-signature "))).toBe(true);
  });

  test.skipIf(python === null)("the Python verifier judges alike (needs python3)", () => {
    const folder = mkdtempSync(join(tmpdir(), "verify-operators-"));
    try {
      const cases = [genuine, ...tamperings.map(([, tamper]) => tamper(genuine))];
      mkdirSync(join(folder, "keys"));
      writeFileSync(
        join(folder, "keys", "ledger.vkey"),
        `${formatVkey(noteKey("dock-7.example", exampleSigner.publicKey))}\n`,
      );
      const jobs = cases.map((entries, i) => {
        // The bundle's table of two columns lacks the instant that this verifier asks for.
        const table = `index,at,type\r\n${entries.map(({ at, type }, j) => `${j},${String(at)},${String(type)}\r\n`).join("")}`;
        const files = { ...bundleOf(entries), "ledger.csv": Buffer.from(table) };
        for (const [name, bytes] of Object.entries(files)) {
          const path = join(folder, `export-${i}`, name);
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, bytes);
        }
        return ["--keys", join(folder, "keys"), join(folder, `export-${i}`)];
      });
      const verdicts = pythonVerdicts(verifier, jobs);
      expect(verdicts.map(({ code }) => code)).toEqual([0, ...tamperings.map(() => 5)]);
      for (const { out } of verdicts.slice(1)) expect(out).toMatch(/operator's signature/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
