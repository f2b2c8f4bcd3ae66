import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { verifyEd25519 } from "../../shared/crypto/ed25519.ts";
import type { LedgerEntryBody } from "../../shared/domain/ledger-entry.ts";
import { fromBase64, must } from "../../shared/formats/encoding.ts";
import { coveredSha256, operatorSignatureMessage } from "../../shared/formats/operator-signature.ts";
import { verifyEvidence } from "../../shared/verifier/verify.ts";
import { trustedKeysIn, verifierPy } from "../fixtures/auditor-world.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { batchOf, type CliRun, type CliWorld, inWorld, statuses } from "./cli-world.ts";

const pins: Readonly<Record<string, string>> = { ada: "hopper-7730", grace: "lovelace-81", olaf: "kirche-4029" };
const as = (name: string) => ({ env: { STATION_PIN: pins[name] } });
const errorOf = ({ stdout }: CliRun): string => JSON.parse(stdout).error?.code;

/** Ada administers, Grace supervises, Olaf operates. */
async function staff(world: CliWorld): Promise<void> {
  const add = (name: string, role: string, more: readonly string[]) =>
    world.station(["operator", "add", "--new-badge", `B-${name}`, "--name", name, "--role", role, "--json", ...more], {
      env: { STATION_PIN: pins["ada"], STATION_NEW_PIN: pins[name] },
    });
  expect(JSON.parse((await add("ada", "operator", [])).stdout)).toMatchObject({
    role: "administrator",
    badge: "B-ada",
  });
  expect((await add("grace", "supervisor", ["--badge", "B-ada"])).code).toBe(0);
  expect((await add("olaf", "operator", ["--badge", "B-ada"])).code).toBe(0);
}

test("two operators, one approval, one work order: the ledger tells the whole story, and who did what is signed", async () => {
  await inWorld(async (world) => {
    await staff(world);
    world.ask("one.fingerprint.txt", "fp-a-0001\nfirst name\n");
    world.ask("two.fingerprint.txt", "fp-a-0001\nsecond name\n");
    const order = ["--work-order", "WO-7", "--on-conflict", "accept"];

    const anonymous = await world.provision([...order, "--operator", "somebody"]);
    expect([anonymous.code, errorOf(anonymous)]).toEqual([3, "OPERATOR_SIGN_IN_NEEDED"]);
    const refused = await world.provision([...order, "--badge", "B-olaf"], as("olaf"));
    expect([refused.code, errorOf(refused)]).toEqual([3, "APPROVAL_NEEDED"]);
    expect(world.seats()).toEqual([]);
    const { subject, reference } = JSON.parse(refused.stdout).error.details;
    const asked = await world.station(
      [
        "approve",
        "ask",
        "--subject",
        subject,
        "--reference",
        reference,
        "--reason",
        "label was changed",
        "--badge",
        "B-olaf",
        "--json",
      ],
      as("olaf"),
    );
    const { id } = JSON.parse(asked.stdout);
    const own = await world.station(["approve", "give", id, "--badge", "B-olaf", "--json"], as("olaf"));
    expect([own.code, errorOf(own)]).toEqual([3, "APPROVAL_SAME_PERSON"]);
    const given = await world.station(["approve", "give", id, "--badge", "B-grace", "--json"], as("grace"));
    expect(JSON.parse(given.stdout)).toMatchObject({ id, state: "approved" });
    const signedOrder = await world.station(
      [
        "work-order",
        "sign",
        "--work-order",
        "WO-7",
        "--product",
        world.sandbox.product,
        "--count",
        "1",
        "--max-ttl-days",
        "200",
        "--from",
        "2020-01-01T00:00:00Z",
        "--to",
        "2099-01-01T00:00:00Z",
        "--badge",
        "B-grace",
        "--json",
      ],
      as("grace"),
    );
    expect(JSON.parse(signedOrder.stdout)).toMatchObject([{ count: 1, used: 0, work_order: "WO-7" }]);

    const done = await world.provision([...order, "--badge", "B-olaf"], as("olaf"));
    expect([done.code, statuses(done)]).toEqual([0, { a: "delivered" }]);
    // Used once.
    world.ask("three.fingerprint.txt", "fp-b-0001\nthird\n");
    expect(errorOf(await world.provision([...order, "--badge", "B-olaf"], as("olaf")))).toBe("APPROVAL_NEEDED");

    const entries = world.entries();
    const ids = Object.fromEntries(world.entries("operator.added").map(({ name, operator }) => [name, operator]));
    const batch = batchOf(done).batch;
    const story = entries.filter((entry) => entry["batch"] === batch || entry["type"] === "approval.used");
    expect(new Set(story.map(({ by }) => by))).toEqual(new Set([ids["olaf"]]));
    expect(world.entries("batch.started")).toMatchObject([{ operator: "olaf", by: ids["olaf"] }]);
    expect(world.entries("operator.signed").map(({ operator, meaning }) => [operator, meaning])).toEqual([
      [ids["ada"], "administered"],
      [ids["ada"], "administered"],
      [ids["ada"], "administered"],
      [ids["grace"], "approved"],
      [ids["grace"], "allotted"],
      [ids["olaf"], "started"],
      [ids["olaf"], "overrode"],
    ]);
    // Everything but the ledger's birth says by whom it came about.
    expect(entries.filter(({ by, type }) => by === undefined && type !== "ledger.created")).toEqual([]);
    const origin = String(world.entries("ledger.created")[0]?.["origin"]);
    for (const [index, entry] of entries.entries())
      if (entry["type"] === "operator.signed") judge(entries, index, origin);
    expect((await world.station(["ledger", "verify"])).code).toBe(0);

    // A slice of the order carries both of Olaf's signatures, and Ada's and Olaf's accounts; Grace had no part in it.
    const at = (name: string) => join(world.home, "..", name);
    await world.station(["keys", "export", "--out", at("keys")]);
    const cut = await world.station(["ledger", "export", "--work-order", "WO-7", "--out", at("slice")]);
    expect([cut.code, cut.stderr]).toEqual([0, expect.stringContaining("VERIFY.txt")]);
    const lines = readFileSync(at("slice/entries.jsonl"), "utf8").trimEnd().split("\n");
    const shown = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const by = shown.filter(({ type }) => type === "operator.signed").map((one) => [one["operator"], one["meaning"]]);
    expect(by).toEqual([
      [ids["ada"], "administered"],
      [ids["ada"], "administered"],
      [ids["olaf"], "started"],
      [ids["olaf"], "overrode"],
    ]);
    const said = await verifyEvidence({
      source: folderSource({ slice: at("slice") }),
      keys: trustedKeysIn(at("keys")),
    });
    expect(said.subjects).toMatchObject([{ kind: "slice", ok: true, findings: [], notes: [] }]);
    if (python === null) return;
    expect(pythonVerdicts(verifierPy, [["--keys", at("keys"), at("slice")]])).toMatchObject([{ code: 0 }]);
  });
}, 180_000);

test("a work order holds the batch to its count, and a device that has its place takes none again", async () => {
  await inWorld(async (world) => {
    await staff(world);
    await world.station(
      [
        "work-order",
        "sign",
        "--work-order",
        "WO-1",
        "--product",
        world.sandbox.product,
        "--count",
        "2",
        "--max-ttl-days",
        "30",
        "--from",
        "2020-01-01T00:00:00Z",
        "--to",
        "2099-01-01T00:00:00Z",
        "--badge",
        "B-grace",
      ],
      as("grace"),
    );
    const order = ["--badge", "B-olaf", "--work-order", "WO-1"];
    world.askFor("a", "b", "c");
    expect(errorOf(await world.provision([...order, "--ttl-days", "30"], as("olaf")))).toBe("ALLOTMENT_EXHAUSTED");
    rmSync(join(world.stick, "c.fingerprint.txt"));
    expect(errorOf(await world.provision([...order, "--ttl-days", "31"], as("olaf")))).toBe("ALLOTMENT_TTL");
    expect(world.seats()).toEqual([]);
    expect((await world.provision([...order, "--ttl-days", "30"], as("olaf"))).code).toBe(0);
    expect((await world.provision([...order, "--ttl-days", "30"], as("olaf"))).code).toBe(0);
    world.askFor("d");
    expect(errorOf(await world.provision([...order, "--ttl-days", "30"], as("olaf")))).toBe("ALLOTMENT_EXHAUSTED");
    const listed = await world.station(["work-order", "list", "--badge", "B-olaf", "--json"], as("olaf"));
    expect(JSON.parse(listed.stdout)).toMatchObject([{ count: 2, used: 2 }]);
  });
}, 180_000);

test("roles hold on the command line too, and wrong PINs lock a badge across processes", async () => {
  await inWorld(async (world) => {
    await staff(world);
    const add = await world.station(
      [
        "operator",
        "add",
        "--new-badge",
        "B-eve",
        "--name",
        "eve",
        "--role",
        "administrator",
        "--badge",
        "B-olaf",
        "--json",
      ],
      { env: { STATION_PIN: pins["olaf"], STATION_NEW_PIN: "whatever-19" } },
    );
    expect([add.code, errorOf(add)]).toEqual([3, "OPERATOR_NOT_ALLOWED"]);
    const check = (pin: string) =>
      world.station(["operator", "sign-in-check", "--badge", "B-olaf", "--json"], { env: { STATION_PIN: pin } });
    const codes: string[] = [];
    for (const pin of ["guess-1", "guess-2", "guess-3", "guess-4", "guess-5"]) codes.push(errorOf(await check(pin)));
    expect(codes).toEqual([...Array<string>(4).fill("OPERATOR_UNKNOWN"), "OPERATOR_LOCKED_OUT"]);
    const right = await check(pins["olaf"] ?? "");
    expect([right.code, errorOf(right)]).toEqual([3, "OPERATOR_LOCKED_OUT"]);
    const reset = await world.station(["operator", "set-pin", "--of", "B-olaf", "--badge", "B-ada"], {
      env: { STATION_PIN: pins["ada"], STATION_NEW_PIN: "fresh-start-3" },
    });
    expect(reset.code).toBe(0);
    expect((await check("fresh-start-3")).code).toBe(0);
    expect(errorOf(await check(pins["olaf"] ?? ""))).toBe("OPERATOR_UNKNOWN");
  });
}, 180_000);

test("no PIN stands in any file of the home, and in nothing that was printed", async () => {
  await inWorld(async (world) => {
    await staff(world);
    world.askFor("a");
    const runs = [
      await world.provision(["--badge", "B-olaf"], as("olaf")),
      await world.provision(["--badge", "B-olaf"], { env: { STATION_PIN: "mistyped-6150" } }),
      await world.station(["operator", "list", "--badge", "B-ada", "--json"], as("ada")),
    ];
    const secrets = [...Object.values(pins), "mistyped-6150"];
    for (const { stdout, stderr } of runs) for (const pin of secrets) expect(stdout + stderr).not.toContain(pin);
    let files = 0;
    for (const name of readdirSync(world.home, { recursive: true, encoding: "utf8" })) {
      const path = join(world.home, name);
      if (!statSync(path).isFile()) continue;
      files += 1;
      const text = readFileSync(path).toString("latin1");
      for (const pin of secrets) expect(text.includes(pin)).toBe(false);
    }
    expect(files).toBeGreaterThan(2);
    // The badge is no secret, but of no use in the ledger.
    expect(JSON.stringify(world.entries())).not.toContain("B-olaf");
  });
}, 180_000);

test("a store edited by hand opens nothing: neither a damaged one nor one from before a PIN was changed", async () => {
  await inWorld(async (world) => {
    await staff(world);
    const path = join(world.home, "keys", "secrets.json");
    const old = readFileSync(path);
    const check = (pin: string) =>
      world.station(["operator", "sign-in-check", "--badge", "B-olaf", "--json"], { env: { STATION_PIN: pin } });
    await world.station(["operator", "set-pin", "--badge", "B-olaf"], {
      env: { STATION_PIN: pins["olaf"], STATION_NEW_PIN: "fresh-start-3" },
    });
    const fresh = readFileSync(path);
    writeFileSync(path, old);
    expect(errorOf(await check(pins["olaf"] ?? ""))).toBe("OPERATOR_TAMPERED");
    expect(errorOf(await check("fresh-start-3"))).toBe("OPERATOR_TAMPERED");
    const edited = Buffer.from(fresh);
    edited[40] = (edited[40] ?? 0) ^ 1;
    writeFileSync(path, edited);
    expect(errorOf(await check("fresh-start-3"))).toBe("KEYS_UNREADABLE");
    writeFileSync(path, fresh);
    expect((await check("fresh-start-3")).code).toBe(0);
  });
}, 180_000);

test("a role edited in the ledger's file is seen before anybody can sign in", async () => {
  await inWorld(async (world) => {
    await staff(world);
    const database = new DatabaseSync(join(world.home, "ledger.db"));
    database.exec(
      `UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '"role":"operator"', '"role":"supervisor"') AS BLOB)`,
    );
    database.close();
    const run = await world.station(["operator", "sign-in-check", "--badge", "B-olaf", "--json"], as("olaf"));
    expect([run.code, errorOf(run)]).toEqual([5, "LEDGER_BROKEN"]);
  });
}, 180_000);

function judge(entries: readonly Record<string, unknown>[], index: number, origin: string): void {
  const entry = entries[index] as Record<string, never>;
  const covers = Number(entry["covers"]);
  const covered = entries
    .slice(index - covers, index)
    .map(({ at: _at, v: _v, ...body }) => body as unknown as LedgerEntryBody);
  expect(coveredSha256(covered)).toBe(entry["subject_sha256"]);
  const statement = {
    origin,
    operator: String(entry["operator"]),
    meaning: entry["meaning"] ?? ("started" as never),
    subjectSha256: String(entry["subject_sha256"]),
  };
  const bytes = (name: string) => must(fromBase64(String(entry[name])), name);
  expect(verifyEd25519(bytes("public_key"), operatorSignatureMessage(statement), bytes("signature"))).toBe(true);
}
