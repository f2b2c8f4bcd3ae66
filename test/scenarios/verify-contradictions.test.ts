import { openCheckpoint } from "#shared/formats/checkpoint.ts";
import { signMinisig } from "#shared/formats/minisign.ts";
import { formatSha256Sums } from "#shared/formats/sha256sums.ts";
import { expect, test } from "vitest";
import { makeManifest } from "../../electron/engine/delivery/manifest.ts";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { type MemoryFiles, memoryFiles } from "../fakes/memory-files.ts";
import { deliveryWorld, firstBatch, type ReadyDelivery, secondBatch, sha256 } from "../fixtures/delivery-world.ts";

// What only the holder of the station's keys can make: lists that verify and receipts that speak against them.

const folder = `PROVISIONING/${firstBatch}`;
const world = deliveryWorld();
const ready = world.delivery(firstBatch, ["pump", "valve"]);
const head = openCheckpoint(ready.plan.checkpoint, world.keys.ledger);

test("lists signed anew over the same files verify, so that what follows is found for its own reason", async () => {
  const files = await delivered();
  await signAnew(files, ready, head);
  expect(await problemsOf(files)).toEqual([]);
});

test("receipts swapped between two devices and listed so are named", async () => {
  const files = await delivered();
  const [one, two] = ready.plan.devices.map(({ receipt }) => `/stick/${folder}/${receipt}`);
  const bytes = await files.read(one ?? "", 1 << 20);
  const other = await files.read(two ?? "", 1 << 20);
  files.corrupt(one ?? "", () => other);
  files.corrupt(two ?? "", () => bytes);
  await signAnew(files, ready, head);
  expect(await problemsOf(files)).toEqual([`VERIFY_RECEIPT ${one?.slice(7)}`, `VERIFY_RECEIPT ${two?.slice(7)}`]);
});

test("a machine file replaced and listed so is not the one in the ledger", async () => {
  const files = await delivered();
  const [device] = ready.plan.devices;
  files.corrupt(`/stick/${folder}/${device?.file}`, (bytes) => bytes.toReversed());
  await signAnew(files, ready, head);
  expect(await problemsOf(files)).toEqual([`VERIFY_RECEIPT ${folder}/${device?.receipt}`]);
});

test("a manifest that names another head than its receipts makes each of them a problem", async () => {
  const files = await delivered();
  await signAnew(files, ready, { ...head, rootHash: head.rootHash.toReversed() });
  expect(await problemsOf(files)).toEqual(
    ready.plan.devices.map(({ receipt }) => `VERIFY_RECEIPT ${folder}/${receipt}`),
  );
});

test("a listed file that belongs to no device makes the manifest a problem", async () => {
  const files = await delivered();
  files.put(`/stick/${folder}/autorun.inf`, "[autorun]");
  await signAnew(files, ready, head);
  expect(await problemsOf(files)).toEqual([`VERIFY_MANIFEST ${folder}/manifest.dsse.json`]);
});

test("two deliveries that saw different ledgers of one size are a fork", async () => {
  const files = await delivered();
  await writeDelivery(deliveryWorld().delivery(secondBatch, ["gauge", "gateway"]).on(files, "/stick"));
  expect(await problemsOf(files)).toEqual([`VERIFY_RECEIPT PROVISIONING/${secondBatch}`]);
});

async function delivered(): Promise<MemoryFiles> {
  const files = memoryFiles();
  files.putFolder("/stick");
  await writeDelivery(ready.on(files, "/stick"));
  return files;
}

/** Makes manifest, sums and signature say what the folder holds now. */
async function signAnew(files: MemoryFiles, { plan }: ReadyDelivery, under: typeof head): Promise<void> {
  const written = [];
  for (const name of Object.keys(files.tree(`/stick/${folder}`))) {
    if (name.startsWith("SHA256SUMS") || name === "manifest.dsse.json") continue;
    const bytes = await files.read(`/stick/${folder}/${name}`, 1 << 20);
    written.push({ name, sha256: sha256(bytes), sizeBytes: bytes.length });
  }
  const { keys, sign } = world;
  const at = new Date("2026-11-22T08:00:00Z");
  const manifest = makeManifest({
    plan,
    head: under,
    written,
    readBack: "direct",
    at,
    keys,
    sign: sign.manifest,
  }).bytes;
  const sums = formatSha256Sums([...written, { name: "manifest.dsse.json", sha256: sha256(manifest) }]);
  const minisig = signMinisig(sums, `licence station, batch ${firstBatch}`, keys.minisign.keyId, sign.sums);
  files.corrupt(`/stick/${folder}/manifest.dsse.json`, () => manifest);
  files.corrupt(`/stick/${folder}/SHA256SUMS`, () => sums);
  files.corrupt(`/stick/${folder}/SHA256SUMS.minisig`, () => minisig);
}

async function problemsOf(files: MemoryFiles): Promise<readonly string[]> {
  const { batches } = await verifyStick({ files, root: "/stick", keys: world.keys });
  return batches.flatMap(({ problems }) => problems).map(({ code, path }) => `${code} ${path}`);
}
