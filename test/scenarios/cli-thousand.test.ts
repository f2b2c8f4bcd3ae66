import { join } from "node:path";
import { expect, test } from "vitest";
import { batchOf, inWorld, license } from "./cli-world.ts";

test(
  "1,000 requests of all three forms: one seat and one verified file each, and a stranger's check of all of it",
  {
    timeout: 90_000,
  },
  () =>
    inWorld(async (world) => {
      await license(world);
      const rows = ["fingerprint,device_name,serial"];
      const fingerprints = Array.from({ length: 1000 }, (_, i) => `fp-thousand-${String(i).padStart(4, "0")}`);
      for (const [i, fingerprint] of fingerprints.entries()) {
        const folder = `round-${Math.floor(i / 300)}`;
        if (i % 3 === 0) world.ask(`${folder}/${i}.fingerprint.txt`, `${fingerprint}\ndevice ${i}\n`);
        else if (i % 3 === 1)
          world.ask(`${folder}/${i}.fingerprint.json`, JSON.stringify({ fingerprint, serial: `S${i}` }));
        else rows.push(`${fingerprint},device ${i},S${i}`);
      }
      world.ask("fingerprints.csv", `${rows.join("\r\n")}\r\n`);
      world.ask("broken.fingerprint.json", '{"fingerprint":');

      const ended = await world.provision();
      expect(ended.code).toBe(1);
      const { devices, rejected, delivery } = batchOf(ended);
      expect(rejected.map(({ path, code }) => [path, code])).toEqual([["broken.fingerprint.json", "REQUEST_SYNTAX"]]);
      expect(devices.filter(({ status, error }) => status !== "delivered" || error !== null)).toEqual([]);
      expect(new Set(devices.map(({ file }) => file)).size).toBe(1000);
      expect(delivery?.files).toBe(2006);
      expect(world.seats()).toEqual(fingerprints);
      expect(await world.expectSound(fingerprints)).toEqual([]);

      const keys = join(world.home, "..", "keys");
      expect((await world.station(["keys", "export", "--out", keys])).code).toBe(0);
      const verified = await world.station(
        ["verify", "--stick", world.stick, "--keys", keys, "--license", world.sandbox.licenseKey, "--json"],
        { env: { STATION_HOME: undefined } },
      );
      expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, batches: [{ ok: true, problems: [] }] });
      expect(verified.code).toBe(0);
    }),
);
