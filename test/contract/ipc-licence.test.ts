import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { type WindowStation, windowStation } from "../fakes/window-station.ts";

const inWindow = async (work: (station: WindowStation) => Promise<void>) => {
  const station = await windowStation();
  try {
    await work(station);
  } finally {
    await station.close();
  }
};
const believe = async (station: WindowStation) => {
  station.chosen["vendor-key"] = licenceFiles(station.folder, "").key;
  return await station.call("licence.add-vendor-key", {});
};

test("a token that is pasted is verified, taken into force and shown without itself", () =>
  inWindow(async (station) => {
    expect(await station.call("licence.get", {})).toMatchObject({ state: "none", writes: true, quota: { limit: 33 } });
    const token = testVendor.token({ ...unlimited, licence_id: "NW-1", daily_quota: 5 });
    expect(await station.reply("licence.paste", { secret: token })).toMatchObject({
      ok: false,
      error: { code: "LICENCE_TOKEN_KEY" },
    });
    expect((await believe(station)).vendorKeys).toEqual([
      { sha256: testVendor.ed25519.sha256, kind: "ed25519", bundled: false },
    ]);
    const shown = await station.call("licence.paste", { secret: `${token}\n` });
    expect(shown).toMatchObject({ state: "active", licenceId: "NW-1", source: "pasted", quota: { limit: 5 } });
    expect(JSON.stringify(shown)).not.toContain(token.slice(-40));
    await station.until("licence", ({ licenceId }) => licenceId === "NW-1");
    await station.reopen();
    expect(await station.call("licence.get", {})).toMatchObject({ state: "active", licenceId: "NW-1" });
    expect(await station.call("licence.remove", {})).toMatchObject({ state: "none", licenceId: null });
  }));

test("a check says how far the licence reaches before a seat is spent, and the batch goes that far", () =>
  inWindow(async (station) => {
    await believe(station);
    await station.call("licence.paste", { secret: testVendor.token({ ...unlimited, daily_quota: 2 }) });
    await station.call("job.set", { product: station.sandbox.product, pool: "main", policyId: "field", workOrder: "" });
    const devices = ["a", "b", "c"].map((name) => ({ fingerprint: `fp-${name}-0001`, name }));
    const stickId = await station.stick(devices);
    const { allowance } = await station.call("batch.preflight", { stickId });
    expect(allowance).toMatchObject({ limit: 2, left: 2, wouldGet: 2, problem: { code: "STATION_QUOTA_REACHED" } });
  }));

test(
  "the watched file is taken up while the station runs, without a restart",
  () =>
    inWindow(async (station) => {
      await believe(station);
      const file = join(station.folder, "token.txt");
      writeFileSync(file, testVendor.token({ ...unlimited, licence_id: "one", daily_quota: 5 }));
      station.chosen.licence = file;
      expect(await station.call("licence.watch-file", {})).toMatchObject({ licenceId: "one", watchedFile: file });
      const seen = station.until("licence", ({ licenceId }) => licenceId === "two");
      writeFileSync(`${file}.new`, testVendor.token({ ...unlimited, licence_id: "two", daily_quota: 9 }));
      renameSync(`${file}.new`, file);
      expect(await seen).toMatchObject({ state: "active", quota: { limit: 9 } });
      expect(await station.call("licence.unwatch-file", {})).toMatchObject({ licenceId: "two", watchedFile: null });
    }),
  20_000,
);
