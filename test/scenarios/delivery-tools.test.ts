import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { paeBytes, parseEnvelope } from "#shared/formats/dsse.ts";
import { formatMinisignPublicKey } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem } from "#shared/formats/public-keys.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { deliveryWorld, firstBatch } from "../fixtures/delivery-world.ts";

// A delivery in a real folder, judged by programs that are not ours.

const home = mkdtempSync(join(tmpdir(), "delivery-tools-"));
const root = join(home, "stick");
const folder = join(root, "PROVISIONING", firstBatch);
const world = deliveryWorld();

beforeAll(async () => {
  await nodeFiles.makeDirectory(root);
  await writeDelivery(world.delivery(firstBatch, ["pump", "valve", "gateway 3"]).on(nodeFiles, root));
  writeFileSync(join(home, "minisign.pub"), formatMinisignPublicKey(world.keys.minisign));
  writeFileSync(join(home, "manifest.pem"), formatPublicKeyPem(world.keys.manifest));
});
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

test("the delivery verifies with the trusted keys alone", async () => {
  expect(await verifyStick({ files: nodeFiles, root, keys: world.keys })).toMatchObject({ ok: true });
});

test.runIf(has("sha256sum"))("sha256sum -c accepts every listed file, and every file is listed", () => {
  const { stdout, status } = run("sha256sum", ["--strict", "-c", "SHA256SUMS"]);
  expect(stdout.split("\n").filter((line) => line.endsWith(": OK"))).toHaveLength(10);
  expect(status).toBe(0);
});

test.runIf(has("minisign"))("minisign accepts the signature of the sums with the key from elsewhere", () => {
  const { stdout, status } = run("minisign", ["-Vm", "SHA256SUMS", "-p", join(home, "minisign.pub")]);
  expect(stdout).toContain(`Trusted comment: licence station, batch ${firstBatch}`);
  expect(status).toBe(0);
});

test.runIf(has("openssl"))("openssl accepts the manifest's signature over its pre-authentication bytes", () => {
  const { payloadType, payload, signature } = parseEnvelope(readFileSync(join(folder, "manifest.dsse.json")));
  writeFileSync(join(home, "pae"), paeBytes(payloadType, payload));
  writeFileSync(join(home, "sig"), signature);
  const args = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", join(home, "manifest.pem")];
  expect(run("openssl", [...args, "-in", join(home, "pae"), "-sigfile", join(home, "sig")]).status).toBe(0);
});

test("sigstore's verifier accepts the manifest as a bundle with a public key", () => {
  const dsseEnvelope: unknown = JSON.parse(readFileSync(join(folder, "manifest.dsse.json"), "utf8"));
  const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const bundle = bundleFromJSON({ mediaType, verificationMaterial: { publicKey: { hint: "manifest" } }, dsseEnvelope });
  const publicKey = createPublicKey(readFileSync(join(home, "manifest.pem")));
  const nobody = { mediaType: "", tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] };
  const trust = toTrustMaterial(nobody, () => ({ publicKey, validFor: () => true }));
  const verifier = new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 });
  expect(() => verifier.verify(toSignedEntity(bundle))).not.toThrow();
});

function has(tool: string): boolean {
  return spawnSync(tool, ["--version"]).error === undefined;
}

function run(tool: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(tool, args, { cwd: folder, encoding: "utf8" });
}
