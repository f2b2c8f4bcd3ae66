import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { batchOf, type CliWorld, fingerprintsOf, inWorld } from "./cli-world.ts";

/** A process that is in the middle of a batch: the server holds its answers back. */
async function busyProcess(world: CliWorld, home: string, stick: string) {
  world.sandbox.misbehave([{ match: { action: "machine-file" }, fault: "latency", ms: 60_000 }]);
  const { url, product, licenseKey } = world.sandbox;
  const args = [
    "provision",
    "--home",
    home,
    "--stick",
    stick,
    "--api",
    url,
    "--product",
    product,
    "--license",
    licenseKey,
  ];
  const running = world.process(args);
  await until(() => world.seats().length > 0);
  return running;
}

test("two processes on one home, or on one stick, are refused; a killed owner frees both", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const otherHome = join(world.home, "..", "other-home");
    const otherStick = join(world.home, "..", "other-stick");
    mkdirSync(otherStick);
    const running = await busyProcess(world, world.home, world.stick);

    const sameHome = await world.process(["provision", "--stick", otherStick, "--product", "p", "--json"]).done;
    expect(JSON.parse(sameHome.stdout).error.code).toBe("HOME_LOCKED");
    expect(sameHome.code).toBe(3);
    const sameStick = await world.provision(["--home", otherHome]);
    expect([sameStick.code, batchOf(sameStick).error?.code]).toEqual([3, "STICK_LOCKED"]);
    const resume = await world.resume(["--home", otherHome]);
    expect([resume.code, batchOf(resume).error?.code]).toEqual([3, "STICK_LOCKED"]);
    // Reading the ledger goes on beside a station at work.
    const ledger = await world.process(["ledger", "verify"]).done;
    expect([ledger.code, ledger.stderr]).toEqual([0, expect.stringContaining("every one and the signed head verify")]);

    running.kill();
    world.sandbox.misbehave([]);
    expect((await running.done).code).toBeNull();
    expect(existsSync(join(world.home, "station.lock"))).toBe(true);
    const resumed = await world.resume();
    expect(resumed.code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
    const fromOtherHome = await world.provision(["--home", otherHome]);
    expect(fromOtherHome.code).toBe(0);
    expect(world.seats()).toEqual(fingerprintsOf("a"));
  }));

test("a home is free again after every ending: success, refusal, wrong usage", () =>
  inWorld(async (world) => {
    world.askFor("a");
    expect((await world.provision(["--stick", "/etc"])).code).toBe(3);
    expect((await world.provision(["--ttl-days", "9999"])).code).toBe(3);
    expect((await world.provision([], { env: { LICENSESEAT_API_KEY: "pk_wrong" } })).code).toBe(4);
    expect((await world.resume()).code).toBe(0);
    expect((await world.process(["resume", "--stick", world.stick]).done).code).toBe(0);
  }));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
