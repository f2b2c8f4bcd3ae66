import { expect, test } from "vitest";
import { mountStick, openBench } from "../media/bench.ts";
import { checkImage, untouched } from "../media/image-check.ts";
import { makeStick } from "../media/sticks.ts";
import { missingForBench } from "../media/tools.ts";

const missing = missingForBench();
const isRequired = process.env["STATION_REQUIRE_JUDGES"] === "1";

test.skipIf(missing !== null && !isRequired)(
  `a real USB stick pulled during the commit is whole and is finished after it comes back${missing === null ? "" : ` (${missing})`}`,
  { timeout: 300_000 },
  async () => {
    expect(missing).toBeNull();
    const bench = await openBench();
    try {
      const station = await bench.station("smoke");
      const files = { "notes.txt": "not ours\n", "line/a.fingerprint.txt": "fp-smoke-0001\nPress 1\n" };
      const stick = await makeStick(bench.guest, { fileSystem: "vfat", label: "SMOKE", files });

      await stick.plug("3", { slowTo: 40 });
      const first = station.start(["provision", "--stick", await mountStick(bench.guest, stick), ...station.usual]);
      await first.line((line) => line === "Committing", 120_000);
      await stick.pull();
      const cut = await first.done;
      expect([cut.code, cut.stderr]).toEqual([4, expect.stringContaining("[STICK_GONE]")]);
      const pulled = await checkImage(bench.guest, stick);
      expect([pulled.damage, pulled.outside]).toEqual([[], untouched(stick)]);

      await stick.plug("15.8.1");
      const place = await mountStick(bench.guest, stick);
      const again = await station.start(["resume", "--stick", place]).done;
      expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("1 delivered")]);
      expect((await bench.guest.run(["umount", place])).code).toBe(0);
      await stick.pull();
      const whole = await checkImage(bench.guest, stick);
      expect([whole.damage, whole.outside]).toEqual([[], untouched(stick)]);
      const verified = await station.verify(whole.content);
      expect([verified.code, verified.stderr]).toEqual([0, expect.stringContaining("what was signed")]);
      expect(station.sandbox.activations().map(({ fingerprint }) => fingerprint)).toEqual(["fp-smoke-0001"]);
      expect(await station.ledgerProblems()).toEqual([]);
      await station.close();
    } finally {
      await bench.close();
    }
  },
);
