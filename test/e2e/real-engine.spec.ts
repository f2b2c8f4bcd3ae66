import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type RunningSandbox, startSandbox } from "../../electron/sandbox/sandbox.ts";
import { type Launcher, launchers, type Station } from "./launchers.ts";
import { fillStick, folderStick } from "./sticks.ts";
import { nextAction } from "./window.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A station whose set-up is behind it, against a server of its own, with one stick plugged in. */
async function workingStation(
  launcher: Launcher,
  options: { readonly devices: number; readonly seats?: number; readonly latencyMs?: number; readonly stick?: string },
): Promise<{ readonly station: Station; readonly sandbox: RunningSandbox; readonly stick: string }> {
  const sandbox = await startSandbox({ seats: options.seats ?? 1000, latencyMs: options.latencyMs ?? 5 });
  closing.push(() => sandbox.close());
  const folder = options.stick === undefined ? folderStick(options.devices) : null;
  if (folder !== null) closing.push(folder.remove);
  const stick = options.stick ?? folder?.path ?? "";
  const station = await launcher.launch({ sticks: [stick] });
  closing.push(station.close);
  const { product, url, apiKey, licenseKey } = sandbox;
  for (const [name, input] of [
    ["settings.update", { apiUrl: url, operator: "E. Tester", setUp: true }],
    ["settings.set-api-key", { secret: apiKey }],
    ["licenses.add", { label: "Test", product, pool: "Main", secret: licenseKey }],
    ["job.set", { product, pool: "Main", policyId: "field", workOrder: "WO-1" }],
    ["sticks.add-folder", {}],
  ] as const) {
    expect(await station.call(name, input)).toMatchObject({ ok: true });
  }
  await station.page.goto(station.page.url().replace(/#.*$/, "#/station"));
  await station.page.reload();
  return { station, sandbox, stick };
}

/** Check, then provision: the two actions of the main job. */
async function provision({ page }: Station, devices: number): Promise<void> {
  await page.getByRole("button", { name: `Check ${devices} devices` }).click();
  await page.getByRole("button", { name: `Provision ${devices} devices` }).click();
  await page.locator(".summary").waitFor();
}

const finished = ({ page }: Station) => page.locator('.summary[data-tone="done"]').waitFor({ timeout: 90_000 });
const hash = (station: Station, to: string) => station.page.evaluate(`location.hash = ${JSON.stringify(to)}`);

for (const launcher of launchers) {
  if (launcher.missing !== null) console.info(`The suite in the ${launcher.name} is skipped: ${launcher.missing}.`);

  describe.skipIf(launcher.missing !== null)(`the real engine in the ${launcher.name}`, () => {
    test("a new user is led to a green stick, in German", async () => {
      const station = await launcher.launch({ sticks: [], language: "de" });
      closing.push(station.close);
      const { page, complaints } = station;
      await page.getByText("Deutsch", { exact: true }).click();
      await page.getByRole("heading", { name: "Station einrichten" }).waitFor();
      for (let step = 0; step < 3; step += 1) await nextAction(page).click();
      await page.getByRole("button", { name: "Später" }).click();
      await page.getByRole("button", { name: "Übungsstick ausstatten" }).click();
      await page.getByText("Grün: so sieht ein fertiger Stick aus").waitFor({ timeout: 60_000 });
      await page.getByRole("button", { name: "Zur Station" }).click();
      await page.getByRole("radiogroup", { name: "Steckplätze" }).waitFor();
      expect(await page.locator(".strip-flag[data-on]").count()).toBe(0);
      expect(complaints).toEqual([]);
    });

    test("two actions finish a stick; a reload midway costs nothing; proof, ledger and export follow", async () => {
      const { station, sandbox, stick } = await workingStation(launcher, { devices: 30, latencyMs: 120 });
      const { page, complaints, out } = station;
      await provision(station, 30);
      await page.reload();
      await finished(station);
      await page.getByText("of 30 devices delivered").waitFor();
      expect(sandbox.activations()).toHaveLength(30);
      await page.getByRole("radio", { name: /Refused files/ }).click();
      await page.getByText("broken.fingerprint.txt").waitFor();
      await page.getByRole("button", { name: "Show proof" }).click();
      const batch = readdirSync(join(stick, "PROVISIONING")).find((name) => name !== "index.json") ?? "";
      await page.getByText(`PROVISIONING/${batch}`, { exact: true }).waitFor();
      await page.getByText("Signed manifest").waitFor();

      await hash(station, "#/ledger");
      await page.getByRole("button", { name: /^Verify [\d,]+ entries$/ }).click();
      await page.getByText("The ledger is whole").waitFor();
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByText(/entries exported/).waitFor();
      const [exported = ""] = readdirSync(out);
      expect(readdirSync(join(out, exported))).toEqual(
        expect.arrayContaining(["entries.jsonl", "checkpoint", "VERIFY.txt"]),
      );

      await hash(station, "#/devices");
      await page.getByRole("searchbox").fill("press-0007");
      await page.getByRole("gridcell", { name: "press-0007" }).click();
      await page.getByRole("heading", { name: "press-0007" }).waitFor();
      await page.getByText("File issued").waitFor();
      expect(complaints).toEqual([]);
    });

    test("the server goes away midway and comes back: the same batch is finished, no seat twice", async () => {
      const { station, sandbox } = await workingStation(launcher, { devices: 32, latencyMs: 50 });
      const { page } = station;
      sandbox.misbehave([{ match: { action: ["activate", "machine-file"], from: 32 }, fault: "status", status: 503 }]);
      await provision(station, 32);
      await page.locator('.summary:not([data-tone="working"])').waitFor({ timeout: 90_000 });
      sandbox.misbehave([]);
      await nextAction(page).click();
      await finished(station);
      await page.getByText("of 32 devices delivered").waitFor();
      expect(new Set(sandbox.activations().map((activation) => activation.fingerprint)).size).toBe(32);
      expect(sandbox.activations()).toHaveLength(32);
    });

    test("seats run out: the check says by how many, before any is taken", async () => {
      const { station, sandbox } = await workingStation(launcher, { devices: 12, seats: 8 });
      const { page } = station;
      await page.getByRole("button", { name: "Check 12 devices" }).click();
      await page.getByText(/4 seats short/).waitFor();
      expect(sandbox.activations()).toHaveLength(0);
    });

    test("a stick that is pulled and put back is finished without a second seat", async () => {
      const { station, sandbox, stick } = await workingStation(launcher, { devices: 32, latencyMs: 300 });
      const { page } = station;
      await provision(station, 32);
      renameSync(stick, `${stick}.pulled`);
      await page.locator('.summary[data-tone="action"]').waitFor({ timeout: 90_000 });
      await page
        .getByText(/pulled before it was finished|not there any more|is owed/)
        .first()
        .waitFor();
      renameSync(`${stick}.pulled`, stick);
      await nextAction(page).click();
      await finished(station);
      expect(sandbox.activations()).toHaveLength(32);
    });

    test("one device by paste: file, entry and download", async () => {
      const { station } = await workingStation(launcher, { devices: 1 });
      const { page } = station;
      await hash(station, "#/single");
      await page.getByRole("textbox", { name: "Fingerprint" }).fill("fp-pasted-0001\nbench camera");
      await page.getByRole("button", { name: "Issue the machine file" }).click();
      await page.getByText("The machine file is issued and verified").waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download", exact: true }).click();
      expect((await download).suggestedFilename()).toMatch(/^bench-camera-[0-9a-f]{8}\.lic$/);
    });

    test("the main job with the keyboard alone", async () => {
      const { station } = await workingStation(launcher, { devices: 5 });
      const { page } = station;
      await page.getByRole("button", { name: "Check 5 devices" }).waitFor();
      await page.keyboard.press("Control+Enter");
      await page.getByRole("button", { name: "Provision 5 devices" }).waitFor();
      await page.keyboard.press("Control+Enter");
      await finished(station);
      await page.keyboard.press("/");
      await page.keyboard.type("press-0003");
      await page.getByText("1 device shown").waitFor();
      for (let step = 0; step < 6; step += 1) {
        if ((await page.evaluate("document.activeElement.getAttribute('role')")) === "grid") break;
        await page.keyboard.press("Tab");
      }
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "press-0003" }).waitFor();
    });
  });
}

const canMount = process.platform === "linux" && process.getuid?.() === 0;
const [host] = launchers;
const asRoot = (tool: string, ...parameters: readonly string[]) => execFileSync(tool, parameters);

describe.skipIf(!canMount || host === undefined || host.missing !== null)(
  "a stick of a real, small file system",
  () => {
    test("a full stick is said before a seat is taken", async () => {
      if (host === undefined) throw new Error("no launcher");
      const mount = mkdtempSync(join(tmpdir(), "station-full-"));
      asRoot("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount);
      closing.push(() => {
        asRoot("umount", "-l", mount);
        rmSync(mount, { recursive: true, force: true });
      });
      fillStick(mount, 40);
      const { station, sandbox } = await workingStation(host, { devices: 40, stick: mount });
      const { page } = station;
      await page.getByRole("button", { name: "Check 40 devices" }).click();
      await page.getByText(/too little room/).waitFor();
      expect(await nextAction(page).textContent()).toBe("Check again");
      expect(sandbox.activations()).toHaveLength(0);
    });
  },
);
