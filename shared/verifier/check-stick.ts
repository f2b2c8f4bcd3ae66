import { isEqual, toUtf8 } from "./bytes.ts";
import { canonicalText, type Json } from "./canonical.ts";
import { type BatchFacts, checkBatch } from "./check-batch.ts";
import { type Findings, Refusal } from "./findings.ts";
import type { KeyBook } from "./key-book.ts";
import type { Manifest } from "./manifest.ts";
import { digestFile, readFile } from "./read.ts";
import type { Folder } from "./source.ts";

export const provisioningName = "PROVISIONING";
const indexName = "index.json";
const pendingIndexName = ".index.json.partial";
const mostIndexBytes = 64 * 1024 * 1024;
const mostRequestBytes = 8 * 1024 * 1024;

/** @param stick the folder that holds PROVISIONING @returns what each batch folder was found to be */
export async function checkStick(
  stick: Folder,
  book: KeyBook,
  findings: Findings,
): Promise<ReadonlyMap<string, BatchFacts>> {
  const folder = stick.inner(provisioningName);
  const names = new Set(folder.names().map((name) => name.split("/", 1)[0] ?? ""));
  const batches = new Map<string, BatchFacts>();
  for (const name of names) {
    const isFolder = folder.file(name) === null;
    if (isFolder && isBatchName(name)) batches.set(name, await checkBatch(folder.inner(name), name, book, findings));
    else if (isLeftOver(name, isFolder)) findings.note("left-over", folder.pathOf(name));
    else if (name !== indexName || isFolder) findings.add("unexpected", folder.pathOf(name));
  }
  if (batches.size === 0) findings.add("nothing-delivered", folder.path);
  else await findings.trying(folder.pathOf(indexName), () => checkIndex(folder, batches, findings));
  await checkRequests(stick, batches, findings);
  return batches;
}

export function isBatchName(name: string): boolean {
  return /^[0-9A-Za-z-]{8,64}$/.test(name);
}

function isLeftOver(name: string, isFolder: boolean): boolean {
  return isFolder ? /^\.[0-9A-Za-z-]{8,64}\.partial$/.test(name) : name === pendingIndexName;
}

/** Unsigned, but the manifests leave it only one content. */
async function checkIndex(folder: Folder, batches: ReadonlyMap<string, BatchFacts>, findings: Findings): Promise<void> {
  findings.looked("index");
  const path = folder.pathOf(indexName);
  const isInterrupted = folder.file(pendingIndexName) !== null;
  if (folder.file(indexName) === null && isInterrupted && batches.size === 1)
    return findings.note("index-behind", path);
  const found = await readFile(folder, indexName, mostIndexBytes);
  const manifests = [...batches.values()].flatMap(({ manifest }) => manifest ?? []);
  if (manifests.length < batches.size) return findings.note("index-unjudged", path);
  if (isEqual(found, indexBytes(manifests))) return;
  // Between the two renames of a delivery the index is one delivery behind.
  const isBehind =
    isInterrupted && manifests.some((last) => isEqual(found, indexBytes(manifests.filter((one) => one !== last))));
  if (!isBehind) throw new Refusal("index-differs");
  findings.note("index-behind", path);
}

function indexBytes(manifests: readonly Manifest[]): Uint8Array {
  const rows = new Map<string, { readonly rank: readonly [number, number, string]; readonly row: Json }>();
  for (const { batch, head, devices } of manifests) {
    for (const { fingerprintSha256, ledgerIndex, file, receipt, deviceName, expiresAt } of devices) {
      const rank = [ledgerIndex, head.size, batch] as const;
      const known = rows.get(fingerprintSha256);
      if (known !== undefined && !isLater(rank, known.rank)) continue;
      rows.set(fingerprintSha256, {
        rank,
        row: { batch, device_name: deviceName, expires_at: expiresAt, file, receipt },
      });
    }
  }
  const devices = Object.fromEntries([...rows].map(([name, { row }]) => [name, row]));
  return toUtf8(`${canonicalText({ v: 1, devices })}\n`);
}

type Rank = readonly [number, number, string];

function isLater(a: Rank, b: Rank): boolean {
  if (a[0] !== b[0]) return a[0] > b[0];
  return a[1] === b[1] ? a[2] > b[2] : a[1] > b[1];
}

/** Requests that still lie on the stick must be those that the newest delivery answered. */
async function checkRequests(
  stick: Folder,
  batches: ReadonlyMap<string, BatchFacts>,
  findings: Findings,
): Promise<void> {
  const newest = [...batches.values()]
    .flatMap(({ manifest }) => manifest ?? [])
    .sort((a, b) => a.head.size - b.head.size || (a.createdAt < b.createdAt ? -1 : 1))
    .at(-1);
  const requests = new Map((newest?.devices ?? []).map(({ request }) => [request.path, request.sha256]));
  for (const [path, digest] of requests) {
    if (stick.file(path) === null) continue;
    findings.looked("requests");
    await findings.trying(stick.pathOf(path), async () => {
      if ((await digestFile(stick, path, mostRequestBytes)) !== digest) throw new Refusal("request-changed");
    });
  }
}
