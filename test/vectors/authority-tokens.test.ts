import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatPublicKeyPem } from "#shared/formats/public-keys.ts";
import { parseVendorKey } from "../../electron/engine/authority/vendor-key.ts";
import { verifyToken } from "../../electron/engine/authority/verify-token.ts";
import { exampleStationToken } from "../fixtures/format-examples.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";

/** Made once with openssl genrsa, pkey -pubout and dgst -sha256 -sign; its private half was thrown away. */
const jwtKey = [
  "-----BEGIN PUBLIC KEY-----",
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyIaQuRBpu9Oni6N6gQIt",
  "2lgq6+JJo/fexyzscl1P6eN3IisPj9cMevIda2f+N7LgaPpTQjytumh8mqvQfEzX",
  "FczhDs4BQHu3FIRp0jZ9YWhh29rRYyPygNNc8tB+6q/m70MHCPNrxAqrUBqESRvN",
  "4DKGRT3WbFGjhHrXgtF/JXD8YsoLPSAYKEOV97N7ww4jaTqwTM/QDeD6ewvdtV0x",
  "6yIbfd53tDZHLl23Q87Wu9NuLWTtzQGLpihjso7vUbRHmee8oBxlZB22pD6cZ7pK",
  "R9TT+mCu7Ohs7EmUW8eudgSsLRNsQHaiMVK4zc4rR2jY1peOcWhkk6Mu69/UkXrV",
  "WQIDAQAB",
  "-----END PUBLIC KEY-----",
  "",
].join("\n");
const jwt =
  "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJOb3J0aHdpbmQgRmllbGQgU2VydmljZSIsImlhdCI6MTc4Mjg2NDA" +
  "wMCwiZXhwIjoxNzg4MDQ4MDAwLCJ0aWVyIjozMzMsInRpZCI6IjVmNWY1ZjVmNWY1ZjVmNWY1ZjVmNWY1ZjVmNWY1ZjVmNWY1ZjV" +
  "mNWY1ZjVmNWY1ZjVmNWY1ZjVmNWY1ZjVmNWYiLCJwa2ciOiJzY2FubmVyLXN0YW5kYXJkIn0.o1_rG2LYkguOwXo48-hM-x6rVet" +
  "BOk3KfZmnf23zuShpJX64pQHl1CNBjDdIUxWj1OWhng-VBdLVVRUYj1fDByiwRgbTkjaD5TVtoPyoa8Zi-W6LptxCRYh_XWMNSGI" +
  "obdIlLXseeBReLX04f-j56Q9pkWMMwF3DrD6sibIMJq6btEXQ1oc-c_Jm7_YzS1Y2NMtTayl-omld0DsIxwaA8VZIV9CUuIX2--J" +
  "WlhFAJvLipQCzZGHUXMq7xDXLgIuqnv-zYC9ws79JCrLki9LGpLG2aY5wwFNr-FSavWy6xf1RHXCGhTuipR7dccqZwKYMPYHTYQD" +
  "czRPQwhQWzg_tSA";

const folder = mkdtempSync(join(tmpdir(), "token-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const openssl = (...args: readonly string[]): number | null => spawnSync("openssl", args, { cwd: folder }).status;

describe("example tokens", () => {
  it("a JWT that openssl signed verifies, and one bit less does not", async () => {
    const keys = [parseVendorKey(Buffer.from(jwtKey), false)];
    expect(await verifyToken(jwt, keys)).toMatchObject({
      id: "5f".repeat(32),
      dailyQuota: 333,
      sku: "scanner-standard",
    });
    const other = `${jwt.slice(0, -4)}${jwt.at(-4) === "A" ? "B" : "A"}${jwt.slice(-3)}`;
    await expect(verifyToken(other, keys)).rejects.toThrow(
      expect.objectContaining({ code: "LICENCE_TOKEN_SIGNATURE" }),
    );
  });

  it("the station token of the spec page verifies under its key", async () => {
    const keys = [parseVendorKey(formatPublicKeyPem(exampleSigner.publicKey), false)];
    expect(await verifyToken(exampleStationToken, keys)).toMatchObject({ id: "NW-2026-0007", tier: "field" });
  });

  it.runIf(hasOpenssl)("openssl verifies the station token's signature over the bytes the page names", () => {
    const dot = exampleStationToken.lastIndexOf(".");
    writeFileSync(join(folder, "key.pem"), formatPublicKeyPem(exampleSigner.publicKey));
    writeFileSync(join(folder, "message"), `licence-station token\n${exampleStationToken.slice(0, dot)}`);
    writeFileSync(join(folder, "sig"), Buffer.from(exampleStationToken.slice(dot + 1), "base64url"));
    const verify = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "message", "-sigfile", "sig"];
    expect(openssl(...verify)).toBe(0);
    writeFileSync(join(folder, "message"), exampleStationToken.slice(0, dot));
    expect(openssl(...verify)).toBe(1);
  });
});
