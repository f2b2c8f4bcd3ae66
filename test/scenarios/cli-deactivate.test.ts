import { join } from "node:path";
import { expect, test } from "vitest";
import { testVendor, unlimited, licenceFiles } from "../fixtures/station-licence.ts";
import { type CliRun, type CliWorld, hashOf, inWorld, statuses } from "./cli-world.ts";

const errorOf = ({ stdout }: CliRun): string => JSON.parse(stdout).error?.code;
const deactivate = (world: CliWorld, letter: string, more: readonly string[] = [], env = {}) =>
  world.station(
    [
      "deactivate",
      "--device",
      `fp-${letter}-0001`,
      "--license",
      world.sandbox.licenseKey,
      "--api",
      world.sandbox.url,
      "--json",
      ...more,
    ],
    { env },
  );
const story = (world: CliWorld) =>
  world.entries().flatMap(({ type }) => (String(type).startsWith("deactivation.") ? [type] : []));

test("a device gives its seat back: the server, the ledger and the reconciliation say so, and it may come again", () =>
  inWorld(async (world) => {
    world.askFor("a", "b");
    expect((await world.provision()).code).toBe(0);
    const seat = world.entries("activation.recorded").find((one) => one["fingerprint_sha256"] === hashOf("fp-a-0001"));
    const done = await deactivate(world, "a", ["--reason", "scrapped"]);
    expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { activation_id: seat?.["activation_id"] }]);
    expect(world.seats()).toEqual(["fp-b-0001"]);
    const about = {
      fingerprint_sha256: hashOf("fp-a-0001"),
      product: world.sandbox.product,
      license_sha256: hashOf(world.sandbox.licenseKey),
    };
    expect(world.entries().slice(-2)).toMatchObject([
      { type: "deactivation.intended", ...about, reason: "scrapped", api: world.sandbox.url },
      { type: "deactivation.recorded", ...about, activation_id: seat?.["activation_id"] },
    ]);
    const reconciled = await world.station([
      "ledger",
      "reconcile",
      "--server",
      "--license",
      world.sandbox.licenseKey,
      "--json",
      "--product",
      world.sandbox.product,
      "--api",
      world.sandbox.url,
    ]);
    expect([reconciled.code, JSON.parse(reconciled.stdout)]).toMatchObject([0, { seats: 1, differences: [] }]);
    const shown = await world.station(["ledger", "show", "--device", "fp-a-0001"]);
    expect(shown.stdout).toContain("deactivation.recorded");
    expect(JSON.stringify(world.entries()) + done.stdout + done.stderr).not.toContain(world.sandbox.licenseKey);
    expect(statuses(await world.provision())).toEqual({ a: "delivered", b: "delivered" });
    expect(world.seats()).toEqual(["fp-a-0001", "fp-b-0001"]);
    expect((await world.station(["ledger", "verify"])).code).toBe(0);
  }));

test("an answer that is lost is asked for again without a second intent; what is ended already is no error", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    world.sandbox.misbehave([{ match: { action: ["deactivate"] }, fault: "malformed-json" }]);
    const lost = await deactivate(world, "a");
    expect([lost.code, errorOf(lost).startsWith("API_")]).toEqual([4, true]);
    expect(story(world)).toEqual(["deactivation.intended"]);
    world.sandbox.misbehave([]);
    expect((await deactivate(world, "a")).code).toBe(0);
    expect([story(world), world.seats()]).toEqual([["deactivation.intended", "deactivation.recorded"], []]);
    const again = await deactivate(world, "a", ["--product", world.sandbox.product]);
    expect([again.code, JSON.parse(again.stdout).activation_id]).toEqual([0, null]);
  }));

test("a device in a batch that is not finished keeps its seat", () =>
  inWorld(async (world) => {
    world.askFor("a");
    world.sandbox.misbehave([{ match: { action: ["machine-file"] }, fault: "redirect" }]);
    expect((await world.provision()).code).toBe(4);
    world.sandbox.misbehave([]);
    const refused = await deactivate(world, "a", ["--product", world.sandbox.product]);
    expect([refused.code, errorOf(refused)]).toEqual([3, "DEVICE_IN_BATCH"]);
    expect([world.seats(), story(world)]).toEqual([["fp-a-0001"], []]);
  }));

test("a licence that lets nothing be written lets no seat be given back either", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const expired = testVendor.token({ ...unlimited, expires_at: "2026-01-02T00:00:00Z", read_only_period_days: 3650 });
    const { key, token } = licenceFiles(join(world.home, ".."), expired);
    await world.station(["licence", "key", "add", key]);
    expect((await world.station(["licence", "add", "--token-file", token])).code).toBe(0);
    const refused = await deactivate(world, "a");
    expect([refused.code, errorOf(refused)]).toEqual([3, "LICENCE_READ_ONLY"]);
    expect([world.seats(), story(world)]).toEqual([["fp-a-0001"], []]);
  }));

test(
  "it takes a supervisor, and where policy says so a second person for this very device",
  () =>
    inWorld(async (world) => {
      const pins = { ada: "hopper-7730", grace: "lovelace-81", olaf: "kirche-4029" };
      type Name = keyof typeof pins;
      const as = (name: Name) => ({ STATION_PIN: pins[name] });
      const staff = (name: Name, role: string) =>
        world.station(
          ["operator", "add", "--new-badge", `B-${name}`, "--name", name, "--role", role, "--badge", "B-ada"],
          { env: { STATION_PIN: pins.ada, STATION_NEW_PIN: pins[name] } },
        );
      for (const [name, role] of [
        ["ada", "administrator"],
        ["grace", "supervisor"],
        ["olaf", "operator"],
      ] as const)
        expect((await staff(name, role)).code).toBe(0);
      world.askFor("a", "b");
      expect((await world.provision(["--badge", "B-olaf"], { env: as("olaf") })).code).toBe(0);
      await world.station(["operator", "policy", "--approvals", "deactivation", "--badge", "B-ada"], {
        env: as("ada"),
      });

      expect(errorOf(await deactivate(world, "a", ["--badge", "B-olaf"], as("olaf")))).toBe("OPERATOR_NOT_ALLOWED");
      const refused = await deactivate(world, "a", ["--badge", "B-grace"], as("grace"));
      expect([refused.code, errorOf(refused)]).toEqual([3, "APPROVAL_NEEDED"]);
      expect(story(world)).toEqual([]);
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
          "scrapped",
          "--badge",
          "B-grace",
          "--json",
        ],
        { env: as("grace") },
      );
      const given = await world.station(["approve", "give", JSON.parse(asked.stdout).id, "--badge", "B-ada"], {
        env: as("ada"),
      });
      expect(given.code).toBe(0);
      // It is for the one device alone, and used once; an answer that was lost does not cost a second one.
      expect(errorOf(await deactivate(world, "b", ["--badge", "B-grace"], as("grace")))).toBe("APPROVAL_NEEDED");
      world.sandbox.misbehave([{ match: { action: ["deactivate"] }, fault: "malformed-json" }]);
      expect((await deactivate(world, "a", ["--badge", "B-grace"], as("grace"))).code).toBe(4);
      world.sandbox.misbehave([]);
      expect((await deactivate(world, "a", ["--badge", "B-grace"], as("grace"))).code).toBe(0);
      expect(world.seats()).toEqual(["fp-b-0001"]);
      const [used, intended, signed] = world
        .entries()
        .slice(world.entries().findIndex((one) => one["type"] === "approval.used"));
      expect([used, intended, signed]).toMatchObject([
        { type: "approval.used", subject: "deactivation", reference },
        { type: "deactivation.intended", by: used?.["by"] },
        { type: "operator.signed", meaning: "deactivated", covers: 2, operator: used?.["by"] },
      ]);
      const overrides = await world.station(["ledger", "ask", "overrides", "--json"]);
      const told = JSON.parse(overrides.stdout).rows ?? JSON.parse(overrides.stdout);
      expect(JSON.stringify(told)).toContain("device-deactivated");
    }),
  60_000,
);
