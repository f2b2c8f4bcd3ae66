import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatCheckpoint } from "#shared/formats/checkpoint.ts";
import { paeBytes, parseEnvelope } from "#shared/formats/dsse.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { formatMinisignPublicKey, signMinisig } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatSha256Sums } from "#shared/formats/sha256sums.ts";
import { exampleCheckpoint, exampleEnvelope, exampleKey, exampleReceipt } from "../fixtures/format-examples.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";
import { parseNote } from "#shared/formats/signed-note.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "formats-judges-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function exitOf(tool: string, ...args: readonly string[]): number | null {
  return spawnSync(tool, args, { cwd: folder, encoding: "utf8" }).status;
}

function has(tool: string): boolean {
  return spawnSync(tool, ["--version"]).error === undefined;
}

describe.runIf(has("minisign"))("the minisign tool", () => {
  const keyId = Uint8Array.from([9, 8, 7, 6, 5, 4, 3, 2]);
  const text = utf8("0  file\n");
  const verify = (): number | null => exitOf("minisign", "-Vm", "SUMS", "-p", "minisign.pub");

  it("accepts our signature under our public key, and nothing changed", () => {
    write("SUMS", text);
    write("minisign.pub", formatMinisignPublicKey({ keyId, publicKey: exampleSigner.publicKey }));
    write("SUMS.minisig", signMinisig(text, "batch \u00e9 1", keyId, exampleSigner.sign));
    expect(verify()).toBe(0);
    write("SUMS", utf8("1  file\n"));
    expect(verify()).not.toBe(0);
    write("SUMS", text);
    write("SUMS.minisig", signMinisig(text, "batch 1", keyId, otherSigner.sign));
    expect(verify()).not.toBe(0);
  });
});

describe.runIf(has("openssl"))("openssl", () => {
  const verify = (message: Uint8Array, signature: Uint8Array): number | null => {
    write("key.pem", formatPublicKeyPem(exampleSigner.publicKey));
    const args = ["-inkey", "key.pem", "-in", write("message", message), "-sigfile", write("sig", signature)];
    return exitOf("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", ...args);
  };

  it("accepts the envelope's signature over its pre-authentication bytes", () => {
    const { payloadType, payload, signature } = parseEnvelope(exampleEnvelope);
    expect(verify(paeBytes(payloadType, payload), signature)).toBe(0);
    expect(verify(paeBytes(`${payloadType} `, payload), signature)).not.toBe(0);
  });

  it("accepts the checkpoint's signature over its note text", () => {
    const [signature] = parseNote(exampleReceipt.checkpoint).signatures;
    expect(signature?.name).toBe(exampleKey.name);
    expect(verify(utf8(formatCheckpoint(exampleCheckpoint)), signature?.signature ?? new Uint8Array(0))).toBe(0);
    expect(verify(utf8("other\n"), signature?.signature ?? new Uint8Array(0))).not.toBe(0);
  });

  it("derives the same fingerprint from the PEM", () => {
    const pem = write("key.pem", formatPublicKeyPem(exampleSigner.publicKey));
    const der = spawnSync("openssl", ["pkey", "-pubin", "-in", pem, "-outform", "DER", "-out", join(folder, "der")]);
    expect(der.status).toBe(0);
    const { stdout } = spawnSync("sha256sum", [join(folder, "der")], { encoding: "utf8" });
    expect(stdout.slice(0, 64)).toBe(publicKeyFingerprint(exampleSigner.publicKey));
  });
});

describe.runIf(has("sha256sum"))("sha256sum", () => {
  it("accepts our list", () => {
    write("a.lic", utf8("abc"));
    const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    write("SHA256SUMS", formatSha256Sums([{ name: "a.lic", sha256 }]));
    expect(exitOf("sha256sum", "--strict", "-c", "SHA256SUMS")).toBe(0);
    write("a.lic", utf8("abd"));
    expect(exitOf("sha256sum", "--strict", "-c", "SHA256SUMS")).not.toBe(0);
  });
});

describe("sigstore's verifier", () => {
  const verify = (envelope: Uint8Array, publicKey: Uint8Array): void => {
    const keyId = publicKeyFingerprint(publicKey);
    const bundle = bundleFromJSON({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { publicKey: { hint: keyId } },
      dsseEnvelope: JSON.parse(Buffer.from(envelope).toString("utf8")),
    });
    const pem = Buffer.from(formatPublicKeyPem(publicKey)).toString("utf8");
    const trust = toTrustMaterial(
      {
        certificateAuthorities: [],
        timestampAuthorities: [],
        tlogs: [],
        ctlogs: [],
        mediaType: "",
        signingConfig: undefined,
      } as never,
      () => ({ publicKey: createPublicKey(pem), validFor: () => true }),
    );
    new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, tsaThreshold: 0 }).verify(toSignedEntity(bundle));
  };

  it("accepts our envelope as a bundle with a public key, and no other key's", () => {
    expect(() => verify(exampleEnvelope, exampleSigner.publicKey)).not.toThrow();
    expect(() => verify(exampleEnvelope, otherSigner.publicKey)).toThrow();
  });
});
