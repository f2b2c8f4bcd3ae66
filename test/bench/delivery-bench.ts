import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Agent } from "undici";
import type { BatchHooks } from "../../electron/engine/batch/runtime.ts";
import { createStation, type Station } from "../../electron/engine/station.ts";
import { testVendor, unlimited } from "../fixtures/station-licence.ts";
import { median, type Row, seconds } from "./row.ts";
import { type SandboxProcess, startSandboxProcess, writeRequests } from "./run-station.ts";

/** A place to deliver to, and what the table calls it. */
export interface Place {
  readonly name: string;
  readonly folder: string;
  readonly aim: string;
}

/**
 * (c) The delivery of one batch, from the first file written to the index replaced: written, synced, read back past
 * the cache, opened as each device will, signed and committed. Against it `cp -r` of the very folder it left, to the
 * same place, and a sync of that file system.
 */
export async function deliveryRows(
  base: string,
  places: readonly Place[],
  devices: number,
  pairs: number,
): Promise<readonly Row[]> {
  const sandbox = await startSandboxProcess([]);
  const home = join(base, "delivery-home");
  const station = await createStation({
    home,
    sealing: { custody: "account", file: join(base, "delivery-state", "secret") },
    name: "bench",
    version: "bench",
    env: { STATION_LICENCE: testVendor.token(unlimited) },
    vendorKeys: testVendor.keys,
    connect: () => new Agent({ connections: 32 }),
  });
  try {
    const rows: Row[] = [];
    for (const place of places) rows.push(await placeRow(station, sandbox, base, place, devices, pairs));
    return rows;
  } finally {
    await station.close();
    await sandbox.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function placeRow(
  station: Station,
  sandbox: SandboxProcess,
  base: string,
  place: Place,
  devices: number,
  pairs: number,
): Promise<Row> {
  const ours: number[] = [];
  const copies: number[] = [];
  let files = 0;
  // The first pair warms both up and is not counted.
  for (let pair = 0; pair <= pairs; pair++) {
    const stick = join(place.folder, `stick-${pair}`);
    writeRequests(stick, `c${pair}`, devices);
    syncFileSystem(place.folder);
    const { ms, folder, count } = await deliver(station, sandbox, stick);
    // From elsewhere, so that reading is not measured on the medium that is written to.
    const source = join(base, "copy-source");
    cpSync(folder, source, { recursive: true });
    syncFileSystem(place.folder);
    const copyMs = copyAndSync(source, join(stick, "copied"), place.folder);
    rmSync(source, { recursive: true });
    rmSync(stick, { recursive: true });
    files = count;
    if (pair === 0) continue;
    ours.push(ms);
    copies.push(copyMs);
  }
  return {
    name: `c  delivery of ${devices} devices, ${files} files, to ${place.name}`,
    measured: seconds(median(ours)),
    against: `cp -r and sync ${seconds(median(copies))}`,
    ratio: median(ours.map((ms, i) => ms / (copies[i] ?? Number.NaN))),
    aim: place.aim,
  };
}

async function deliver(station: Station, sandbox: SandboxProcess, stick: string) {
  let began = Number.NaN;
  let ended = Number.NaN;
  const hooks: BatchHooks = {
    signal: new AbortController().signal,
    ready: () => Promise.resolve(),
    started: () => {},
    changed: () => {},
    step: (step) => {
      if (step === "writing" && Number.isNaN(began)) began = performance.now();
      if (step === "committing") ended = performance.now();
    },
  };
  const { product, licenseKey, url, apiKey } = sandbox;
  const { outcome } = await station.provision(
    stick,
    {
      product,
      licenseKeys: [licenseKey],
      policy: { ttlDays: 90, graceDays: 7 },
      operator: null,
      workOrder: null,
      onConflict: "refuse",
      rehearsal: true,
    },
    { url, apiKey, proxy: null, caPem: null, concurrency: 32, pinnedKeys: new Map(), acceptSigningKey: null },
    hooks,
  );
  const { committed } = outcome.state;
  if (committed === null) throw new Error("The batch was not delivered.");
  return { ms: ended - began, folder: join(stick, committed.folder), count: committed.files };
}

function copyAndSync(source: string, target: string, fileSystem: string): number {
  mkdirSync(target);
  const began = performance.now();
  const copy = spawnSync("cp", ["-r", source, target], { stdio: "inherit" });
  if (copy.status !== 0) throw new Error("cp failed.");
  syncFileSystem(fileSystem);
  return performance.now() - began;
}

function syncFileSystem(folder: string): void {
  if (spawnSync("sync", ["-f", folder], { stdio: "inherit" }).status !== 0) throw new Error("sync failed.");
}
