import { describe, expect, test } from "vitest";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { type MemoryFiles, memoryFiles } from "../fakes/memory-files.ts";
import { type DeliveryWorld, deliveryWorld, firstBatch, secondBatch } from "../fixtures/delivery-world.ts";

const base = "/stick/PROVISIONING";
const { keys } = deliveryWorld();

test("one changed byte in any line of any file is named with that file's path, and no other file is blamed", async () => {
  const files = await stickWith(["pump", "valve"]);
  const names = namesOf(files);
  expect(names).toHaveLength(11);
  for (const name of names) {
    const original = await files.read(`${base}/${name}`, 1 << 20);
    for (const at of places(original)) {
      files.corrupt(`${base}/${name}`, (bytes) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))));
      const found = await problemsOf(files);
      expect(found, `byte ${at} of ${name}`).toEqual([expect.stringMatching(`^VERIFY_[A-Z]+ PROVISIONING/${name}$`)]);
      files.corrupt(`${base}/${name}`, () => original);
    }
  }
  expect(await problemsOf(files)).toEqual([]);
});

test("a truncated, emptied, lengthened or doubled file is named", async () => {
  const files = await stickWith(["pump"]);
  const changes: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => bytes.subarray(0, -1),
    () => new Uint8Array(),
    (bytes) => Buffer.concat([bytes, Buffer.from("\n")]),
    (bytes) => Buffer.concat([bytes, bytes]),
  ];
  for (const name of namesOf(files)) {
    const original = await files.read(`${base}/${name}`, 1 << 20);
    for (const change of changes) {
      files.corrupt(`${base}/${name}`, change);
      expect(await problemsOf(files)).toEqual([expect.stringMatching(`^VERIFY_[A-Z]+ PROVISIONING/${name}$`)]);
    }
    files.corrupt(`${base}/${name}`, () => original);
  }
});

describe("files that are not what they were", () => {
  test("a missing file is named, whichever it is", async () => {
    for (const name of namesOf(await stickWith(["pump"]))) {
      const files = await stickWith(["pump"]);
      await files.remove(`${base}/${name}`);
      expect(await problemsOf(files)).toEqual([`VERIFY_MISSING PROVISIONING/${name}`]);
    }
  });

  test("a renamed file is missing under one name and unexpected under the other", async () => {
    const files = await stickWith(["pump"]);
    const name = namesOf(files).find((one) => one.endsWith(".lic")) ?? "";
    await files.rename(`${base}/${name}`, `${base}/${name.replace("pump", "Pump")}`);
    expect(await problemsOf(files)).toEqual([
      `VERIFY_UNEXPECTED PROVISIONING/${name.replace("pump", "Pump")}`,
      `VERIFY_MISSING PROVISIONING/${name}`,
    ]);
  });

  test("files swapped between two devices are both named, with their receipts too", async () => {
    for (const suffix of [".lic", ".tlog-proof"]) {
      const files = await stickWith(["pump", "valve"]);
      const [one = "", two = ""] = namesOf(files).filter((name) => name.endsWith(suffix));
      await swap(files, `${base}/${one}`, `${base}/${two}`);
      expect(await problemsOf(files)).toEqual([
        `VERIFY_DIGEST PROVISIONING/${one}`,
        `VERIFY_DIGEST PROVISIONING/${two}`,
      ]);
    }
  });

  test("strays are named wherever they lie, and what is no file is never opened", async () => {
    const files = await stickWith(["pump"]);
    files.put(`${base}/${firstBatch}/autorun.inf`, "x");
    files.putOther(`${base}/${firstBatch}/fifo`, "other");
    files.putOther(`${base}/${firstBatch}/zlink`, "link");
    files.put(`${base}/${firstBatch}/sub/file`, "x");
    files.put(`${base}/note.txt`, "x");
    files.putOther(`${base}/20260101-000000-linked`, "link");
    files.putOther(`${base}/.20260101-000000-linked.partial`, "link");
    expect((await problemsOf(files)).toSorted()).toEqual(
      [
        "VERIFY_UNEXPECTED PROVISIONING/.20260101-000000-linked.partial",
        "VERIFY_UNEXPECTED PROVISIONING/20260101-000000-linked",
        "VERIFY_UNEXPECTED PROVISIONING/note.txt",
        `VERIFY_UNEXPECTED PROVISIONING/${firstBatch}/autorun.inf`,
        `VERIFY_UNEXPECTED PROVISIONING/${firstBatch}/fifo`,
        `VERIFY_UNEXPECTED PROVISIONING/${firstBatch}/sub`,
        `VERIFY_UNEXPECTED PROVISIONING/${firstBatch}/zlink`,
      ].toSorted(),
    );
  });

  test("a link in the place of a file or of index.json is named and not followed", async () => {
    const files = await stickWith(["pump"]);
    const lic = namesOf(files).find((one) => one.endsWith(".lic")) ?? "";
    for (const name of [lic, "index.json"]) {
      await files.remove(`${base}/${name}`);
      files.putOther(`${base}/${name}`, "link");
    }
    expect(await problemsOf(files)).toEqual([
      "VERIFY_MISSING PROVISIONING/index.json",
      "VERIFY_UNEXPECTED PROVISIONING/index.json",
      `VERIFY_MISSING PROVISIONING/${lic}`,
      `VERIFY_UNEXPECTED PROVISIONING/${lic}`,
    ]);
  });

  test("a batch folder under another name is not that batch", async () => {
    const files = await stickWith(["pump"]);
    const other = "20260101-000000-other";
    await files.rename(`${base}/${firstBatch}`, `${base}/${other}`);
    expect(await problemsOf(files)).toEqual([
      "VERIFY_INDEX PROVISIONING/index.json",
      `VERIFY_SIGNATURE PROVISIONING/${other}/SHA256SUMS.minisig`,
      `VERIFY_MANIFEST PROVISIONING/${other}/manifest.dsse.json`,
    ]);
  });

  test("a removed batch is missed by the index, and a stick without any delivery proves nothing", async () => {
    const files = await stickWith(["pump"], ["valve"]);
    await files.removeTree(`${base}/${secondBatch}`);
    expect(await problemsOf(files)).toEqual(["VERIFY_INDEX PROVISIONING/index.json"]);
    await files.removeTree(base);
    expect(await problemsOf(files)).toEqual(["VERIFY_MISSING PROVISIONING"]);
  });

  test("an index of an earlier time is named, as is one that points to the older of two files", async () => {
    const files = await stickWith(["pump"]);
    const older = await files.read(`${base}/index.json`, 1 << 20);
    const again = await stickWith(["pump"], ["pump"]);
    again.corrupt(`${base}/index.json`, () => older);
    expect(await problemsOf(again)).toEqual(["VERIFY_INDEX PROVISIONING/index.json"]);
  });
});

test.each(['"__proto__":{},', '"other":1,', " "])("an index with %j put in is named", async (added) => {
  const files = await stickWith(["pump"]);
  files.corrupt(`${base}/index.json`, (bytes) => Buffer.concat([Buffer.from(`{${added}`), bytes.subarray(1)]));
  expect(await problemsOf(files)).toEqual(["VERIFY_ENCODING PROVISIONING/index.json"]);
});

describe("what other keys signed", () => {
  test("a whole delivery by another station is refused at each of its signatures", async () => {
    const files = await stickOf(deliveryWorld("somebody else"), ["pump"]);
    expect(await problemsOf(files)).toEqual([
      // Nothing that is to be trusted says what the index should hold, but it may not claim devices of no batch.
      `VERIFY_SIGNATURE PROVISIONING/${firstBatch}/SHA256SUMS`,
      `VERIFY_SIGNATURE PROVISIONING/${firstBatch}/manifest.dsse.json`,
    ]);
  });

  test("a receipt from another ledger is named even when the lists are signed by the right keys", async () => {
    const foreign = deliveryWorld("somebody else");
    const mixed = { ...foreign.keys, minisign: keys.minisign, manifest: keys.manifest };
    const world: DeliveryWorld = { ...foreign, keys: mixed, sign: deliveryWorld().sign };
    const files = await stickOf(world, ["pump"]);
    const proof = namesOf(files).find((name) => name.endsWith(".tlog-proof")) ?? "";
    expect(await problemsOf(files)).toEqual([`VERIFY_SIGNATURE PROVISIONING/${proof}`]);
  });
});

describe("what only the caller knows", () => {
  test("a request file changed since is named, one that is gone or was never read is not", async () => {
    const files = await stickWith(["pump", "valve"]);
    const requestDigests = new Map([["pump.fingerprint.txt", "00".repeat(32)]]);
    const report = await verifyStick({ files, root: "/stick", keys, requestDigests });
    expect(report.batches[0]).toMatchObject({
      batch: "",
      ok: false,
      problems: [{ code: "VERIFY_REQUEST", path: "pump.fingerprint.txt" }],
    });
  });

  test("each machine file's signature is checked with the licensing keys, and opened where its fingerprint is known", async () => {
    const files = await stickWith(["pump", "valve"]);
    const lics = namesOf(files).filter((name) => name.endsWith(".lic"));
    const signatures: string[] = [];
    const opened: string[] = [];
    const { batches } = await verifyStick({
      files,
      root: "/stick",
      keys,
      fingerprints: new Map([[fingerprintSha(files, "pump"), "fingerprint of pump"]]),
      checkSignature: ({ device }, licensing) => {
        signatures.push(`${device.device_name} ${[...licensing.keys()].join()}`);
      },
      openFile: ({ fingerprint, product, licenseSha256 }) => {
        opened.push(`${fingerprint}, ${product}, ${licenseSha256?.length}`);
      },
    });
    expect(signatures.toSorted()).toEqual(["pump kid-1", "valve kid-1"]);
    expect(opened).toEqual(["fingerprint of pump, demo-product, 64"]);
    expect(batches).toEqual([
      {
        batch: firstBatch,
        ok: true,
        problems: [],
        notes: [`PROVISIONING/${lics[1]}: not opened, no request file tells its fingerprint`],
      },
    ]);
  });
});

async function stickWith(...deliveries: readonly (readonly string[])[]): Promise<MemoryFiles> {
  return await stickOf(deliveryWorld(), ...deliveries);
}

async function stickOf(world: DeliveryWorld, ...deliveries: readonly (readonly string[])[]): Promise<MemoryFiles> {
  const files = memoryFiles();
  files.putFolder("/stick");
  const batches = [firstBatch, secondBatch];
  for (const [i, names] of deliveries.entries()) {
    const ready = world.delivery(batches[i] ?? "", names);
    await writeDelivery({ ...ready.on(files, "/stick"), keys: world.keys, sign: world.sign });
  }
  return files;
}

async function problemsOf(files: MemoryFiles): Promise<readonly string[]> {
  const report = await verifyStick({ files, root: "/stick", keys });
  const found = report.batches.flatMap(({ problems }) => problems);
  expect(report.ok).toBe(found.length === 0);
  return found.map(({ code, path }) => `${code} ${path}`);
}

function namesOf(files: MemoryFiles): readonly string[] {
  return Object.keys(files.tree(base)).filter((name) => !name.endsWith("/"));
}

function fingerprintSha(files: MemoryFiles, device: string): string {
  const index = JSON.parse(files.tree(base)["index.json"] ?? "") as {
    devices: Record<string, { device_name: string }>;
  };
  return Object.entries(index.devices).find(([, row]) => row.device_name === device)?.[0] ?? "";
}

/** First and last byte of up to 30 lines, and 16 places spread evenly. */
function places(bytes: Uint8Array): ReadonlySet<number> {
  const found = new Set(Array.from({ length: 16 }, (_, i) => Math.floor((i * bytes.length) / 16)));
  found.add(0);
  for (let at = bytes.indexOf(10), lines = 0; at >= 0 && lines < 30; at = bytes.indexOf(10, at + 1), lines++) {
    found.add(at);
    if (at + 1 < bytes.length) found.add(at + 1);
  }
  return found;
}

async function swap(files: MemoryFiles, a: string, b: string): Promise<void> {
  await files.rename(a, `${a}.swap`);
  await files.rename(b, a);
  await files.rename(`${a}.swap`, b);
}
