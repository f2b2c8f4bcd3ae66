import { fromBase64, fromUtf8 } from "#shared/formats/encoding.ts";
import { expect, test } from "vitest";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { type DeliveryProgress, writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { faultyFiles } from "../fakes/faulty-files.ts";
import { memoryFiles } from "../fakes/memory-files.ts";
import { deliveryWorld, fingerprintOf, firstBatch, secondBatch, sha256 } from "../fixtures/delivery-world.ts";

const south = `Pumpe-Sud-${sha256(fingerprintOf("Pumpe Süd")).slice(0, 8)}`;
const pump = `pump-${sha256(fingerprintOf("pump")).slice(0, 8)}`;
const folder = `PROVISIONING/${firstBatch}`;

async function delivered() {
  const files = memoryFiles();
  files.put("/stick/pump.fingerprint.txt", "fingerprint of pump\n");
  const world = deliveryWorld();
  const ready = world.delivery(firstBatch, ["pump", "Pumpe Süd"]);
  const result = await writeDelivery(ready.on(files, "/stick"));
  return { files, world, ready, result, tree: files.tree("/stick") };
}

test("a delivery leaves exactly the files of the specification and touches nothing else", async () => {
  const { tree, result } = await delivered();
  expect(Object.keys(tree)).toEqual([
    "PROVISIONING/",
    `${folder}/`,
    `${folder}/${south}.lic`,
    `${folder}/${south}.tlog-proof`,
    `${folder}/README.txt`,
    `${folder}/SHA256SUMS`,
    `${folder}/SHA256SUMS.minisig`,
    `${folder}/ledger.vkey`,
    `${folder}/manifest.dsse.json`,
    `${folder}/minisign.pub`,
    `${folder}/${pump}.lic`,
    `${folder}/${pump}.tlog-proof`,
    "PROVISIONING/index.json",
    "pump.fingerprint.txt",
  ]);
  expect(tree["pump.fingerprint.txt"]).toBe("fingerprint of pump\n");
  expect(result).toEqual({
    batch: firstBatch,
    folder,
    files: 10,
    bytes: Object.entries(tree)
      .filter(([name]) => name.startsWith(`${folder}/`))
      .reduce((sum, [, text]) => sum + Buffer.byteLength(text ?? ""), 0),
    manifestSha256: sha256(tree[`${folder}/manifest.dsse.json`] ?? ""),
    sumsSha256: sha256(tree[`${folder}/SHA256SUMS`] ?? ""),
    readBack: "direct",
  });
});

test("SHA256SUMS lists every other file but its signature, and machine files are byte for byte what was given", async () => {
  const { tree, ready } = await delivered();
  const names = Object.keys(tree).filter((name) => name.startsWith(`${folder}/`) && !name.endsWith("/"));
  const listed = names.filter((name) => !name.includes("SHA256SUMS"));
  const lines = listed.map((name) => `${sha256(tree[name] ?? "")}  ${name.slice(folder.length + 1)}\n`);
  expect(tree[`${folder}/SHA256SUMS`]).toBe(lines.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(""));
  for (const device of ready.plan.devices) {
    const { certificate, receipt } = await ready.content(device);
    expect(tree[`${folder}/${device.file}`]).toBe(fromUtf8(certificate));
    expect(tree[`${folder}/${device.receipt}`]).toBe(fromUtf8(receipt));
  }
  expect(ready.verified.toSorted()).toEqual([`${south}.lic`, `${pump}.lic`]);
});

test("the manifest says all that FORMATS asks for, the folder's path and licence keys left out", async () => {
  const { tree, ready } = await delivered();
  const envelope: unknown = JSON.parse(tree[`${folder}/manifest.dsse.json`] ?? "");
  expect(envelope).toMatchObject({ payloadType: "application/vnd.in-toto+json" });
  const { payload } = envelope as { payload: string };
  const statement: unknown = JSON.parse(fromUtf8(fromBase64(payload) ?? new Uint8Array()) ?? "");
  const digestOf = (name: string) => sha256(tree[`${folder}/${name}`] ?? "");
  const [second, first] = ready.plan.devices;
  const deviceOf = (name: string, stem: string, index: number) => ({
    fingerprint_sha256: sha256(fingerprintOf(name)),
    device_name: name,
    serial: null,
    asset_tag: null,
    activation_id: `act-${name}`,
    issued_at: "2026-11-22T00:00:01Z",
    expires_at: "2027-05-21T00:00:01Z",
    key_id: "kid-1",
    ledger_index: index,
    file: `${stem}.lic`,
    receipt: `${stem}.tlog-proof`,
    request: { path: `${name}.fingerprint.txt`, sha256: sha256(`${fingerprintOf(name)}\n`) },
  });
  expect([second?.file, first?.file]).toEqual([`${south}.lic`, `${pump}.lic`]);
  expect(statement).toEqual({
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      `${south}.lic`,
      `${south}.tlog-proof`,
      "README.txt",
      "ledger.vkey",
      "minisign.pub",
      `${pump}.lic`,
      `${pump}.tlog-proof`,
    ].map((name) => ({ name, digest: { sha256: digestOf(name) } })),
    predicateType: "https://licence-station.invalid/provisioning/v1",
    predicate: {
      batch: firstBatch,
      created_at: "2026-11-22T08:00:00.000Z",
      station: "station.example",
      operator: "Ada",
      work_order: "WO-7",
      stick: { volume_uuid: "5A3C-1F00", usb_serial: "0123456789", size_bytes: 1 << 30, file_system: "vfat" },
      product: "demo-product",
      licenses: [{ last4: "A1B2", sha256: sha256("license") }],
      policy: { ttl_days: 180, grace_days: 14 },
      read_back: "direct",
      ledger: { origin: "station.example", size: 3, root: expect.any(String) },
      devices: [deviceOf("Pumpe Süd", south, 2), deviceOf("pump", pump, 1)],
    },
  });
});

test("index.json names the newest file of each device, older batches keep their folders", async () => {
  const { files, world } = await delivered();
  await writeDelivery(world.delivery(secondBatch, ["pump", "valve"]).on(files, "/stick"));
  const tree = files.tree("/stick/PROVISIONING");
  const row = (name: string, batch: string, stem: string) => ({
    [sha256(fingerprintOf(name))]: {
      batch,
      device_name: name,
      expires_at: "2027-05-21T00:00:01Z",
      file: `${stem}.lic`,
      receipt: `${stem}.tlog-proof`,
    },
  });
  const valve = `valve-${sha256(fingerprintOf("valve")).slice(0, 8)}`;
  expect(JSON.parse(tree["index.json"] ?? "")).toEqual({
    v: 1,
    devices: {
      ...row("Pumpe Süd", firstBatch, south),
      ...row("pump", secondBatch, pump),
      ...row("valve", secondBatch, valve),
    },
  });
  expect(tree["index.json"]?.endsWith("}\n")).toBe(true);
  expect(Object.keys(tree)).toContain(`${firstBatch}/${pump}.lic`);
  const report = await verifyStick({ files, root: "/stick", keys: world.keys });
  expect(report).toEqual({
    ok: true,
    batches: [
      { batch: firstBatch, ok: true, problems: [], notes: [] },
      { batch: secondBatch, ok: true, problems: [], notes: [] },
    ],
    notes: [],
  });
});

test("everything is synced and read back before the one rename, the index follows, and no write leaves PROVISIONING", async () => {
  const inner = memoryFiles();
  inner.putFolder("/stick");
  const files = faultyFiles(inner);
  const progress: DeliveryProgress[] = [];
  const ready = deliveryWorld().delivery(firstBatch, ["pump"]);
  await writeDelivery({ ...ready.on(files, "/stick"), report: (step) => progress.push(step) });

  const base = "/stick/PROVISIONING";
  const { operations } = files;
  expect(operations.slice(operations.indexOf(`rename ${base}/.${firstBatch}.partial`))).toEqual([
    `rename ${base}/.${firstBatch}.partial`,
    `syncDirectory ${base}`,
    `rename ${base}/.index.json.partial`,
    `syncDirectory ${base}`,
  ]);
  const filesOf = (name: string) =>
    operations.filter((one) => one.startsWith(`${name} `)).map((one) => one.slice(name.length + 1));
  expect(filesOf("sync").toSorted()).toEqual(filesOf("writeNew").toSorted());
  expect(filesOf("readBack").toSorted()).toEqual(filesOf("writeNew").toSorted());
  for (const name of filesOf("writeNew")) {
    expect(operations.indexOf(`writeNew ${name}`)).toBeLessThan(operations.indexOf(`sync ${name}`));
    expect(operations.indexOf(`sync ${name}`)).toBeLessThan(operations.indexOf(`readBack ${name}`));
  }
  const outside = operations.filter((one) => !one.includes(" /stick/PROVISIONING"));
  expect(new Set(outside)).toEqual(new Set(["stat /stick", "syncDirectory /stick", "syncVolume /stick"]));
  expect(progress.at(-1)).toEqual({ step: "commit", done: 1, total: 1 });
});

test("the weakest way of reading back counts for the whole delivery", async () => {
  const files = memoryFiles({ readBack: "cached" });
  files.putFolder("/stick");
  const result = await writeDelivery(deliveryWorld().delivery(firstBatch, ["pump"]).on(files, "/stick"));
  expect(result.readBack).toBe("cached");
});
