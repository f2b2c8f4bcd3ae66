import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBrowserHost } from "../../electron/browser-host/host.ts";
import type { Bench } from "../../electron/engine/handlers/bench/bench.ts";
import { readPageFiles } from "../../electron/engine/platform/page-files.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import { simulatedBench } from "../fakes/simulated-bench.ts";
import { licenseWindow, someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";
import { type ShelfStick, stickShelf } from "../fixtures/drives/stick-shelf.ts";
import { axeViolations } from "./accessibility.ts";
import { chromiumPath, launchChromium } from "./window.ts";

const root = join(import.meta.dirname, "..", "..");
const pictures = join(root, "test-results", "bench");
const slotCount = 16;

/** Armed mode from the window: a person arms, hands plug and pull simulated sticks, the tiles tell. */
describe.skipIf(chromiumPath === undefined)("the bench in the window", () => {
  let browser: Browser;
  let station: WindowStation;
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await station?.close();
  });

  test("sixteen slots are taught, armed and served; three sticks pulled midway come back; four say why they cannot", async () => {
    let bench: Bench | null = null;
    const shelf = stickShelf(() => void bench?.look());
    station = await windowStation({
      sandbox: { seats: 1000 },
      engine: {
        openBench: (options) => (bench = simulatedBench(options, shelf.source, { run: shelf.run })),
        openStick: () => shelf.openStick,
      },
    });
    await licenseWindow(station);
    const { product } = station.sandbox;
    await station.call("settings.update", { slots: slotCount, profile: "factory" });
    await station.call("job.set", { product, pool: "main", policyId: "field", workOrder: "WO-16" });
    const pages = await readPageFiles(join(root, "dist", "renderer"));
    const host = await startBrowserHost({ dispatch: station.engine.dispatch, pages, random: systemRandom });
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
    await page.goto(`${host.address}`);
    await page.locator(".tiles").waitFor();
    const look = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });
    const tile = (slot: number, state: string) =>
      page.locator(`.tile[data-slot="${slot}"][data-state="${state}"]`).waitFor({ timeout: 60_000 });

    await page.getByRole("button", { name: "Bench", exact: true }).click();
    await page.getByRole("button", { name: "Teach 16 slots" }).click();
    for (let slot = 1; slot <= slotCount; slot += 1) {
      await page.getByText(`Plug into slot ${slot} now`).waitFor();
      const teacher = shelf.add(`TEACHER-${slot}`);
      shelf.plug(teacher, slot);
      await page.getByText(slot < slotCount ? `Plug into slot ${slot + 1} now` : "16 slots taught").waitFor();
      shelf.pull(teacher);
    }
    await page.getByLabel("Devices at most").fill("400");
    await page.getByRole("button", { name: "Arm the station" }).click();
    await page.getByRole("heading", { name: "Armed" }).waitFor();

    const good = Array.from({ length: 12 }, (_, index) => shelf.add(`LINE-${index + 1}`));
    const failing = shelf.add("WORN-OUT");
    const readOnly = shelf.add("LOCKED", { isReadOnly: true });
    const nothing = shelf.add("HOLIDAY");
    const large = shelf.add("ARCHIVE", { sizeBytes: 2_000_000_000_000 });
    const all = [...good, failing, readOnly, nothing, large];
    for (const stick of all) if (stick !== nothing) ask(stick, 25);
    const before = all.map(hashOutside);
    const pulls = new Map([
      [2, 1],
      [5, 20],
      [9, 53],
    ]);
    for (const [index, stick] of all.entries()) {
      const at = pulls.get(index);
      if (stick === failing) shelf.plug(stick, index + 1, { at: 12, kind: "io" });
      else shelf.plug(stick, index + 1, ...(at === undefined ? [] : [{ at, kind: "pull" as const }]));
    }
    for (const index of pulls.keys()) await tile(index + 1, "action");
    await look("pulled");
    for (const index of pulls.keys()) {
      await station.until("bench", ({ slots }) => slots[index]?.message?.code === "pulled");
      shelf.plug(all[index] as ShelfStick, index + 1);
    }
    for (let slot = 1; slot <= 12; slot += 1) await tile(slot, "remove");
    for (let slot = 13; slot <= 16; slot += 1) await tile(slot, "action");
    await page.getByText("300 of 400 done").waitFor();
    for (const [slot, words] of [
      [13, "reported a fault"],
      [14, "write-protected"],
      [15, "No requests on it"],
      [16, "let a supervisor allow it"],
    ] as const) {
      await page.locator(`.tile[data-slot="${slot}"]`).click();
      await page.locator(".panel").getByText(words).first().waitFor();
      await look(`slot-${slot}`);
    }
    expect(await axeViolations(page)).toEqual([]);
    expect(all.map(hashOutside)).toEqual(before);
    expect(station.sandbox.activations()).toHaveLength(325);
    await page.getByRole("button", { name: "Disarm" }).click();
    await page.getByRole("button", { name: "Bench", exact: true }).waitFor();
    await page.close();
    await host.close();
  }, 180_000);
});

function ask(stick: ShelfStick, count: number): void {
  for (const [index, { fingerprint, name }] of someDevices(count, stick.name).entries())
    stick.files.put(`${stick.root}/requests/${index}.fingerprint.txt`, `${fingerprint}\n${name}\n`);
}

/** Of everything that is none of ours. */
function hashOutside(stick: ShelfStick): string {
  const kept = Object.entries(stick.files.tree(stick.root)).filter(([path]) => !path.startsWith("PROVISIONING"));
  return createHash("sha256").update(JSON.stringify(kept)).digest("hex");
}
