import { utf8 } from "#shared/formats/encoding.ts";
import { formatMinisignPublicKey } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem } from "#shared/formats/public-keys.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import { describe, expect, test } from "vitest";
import { loadTrustedKeys } from "../../electron/engine/delivery/trusted-keys.ts";
import { type MemoryFiles, memoryFiles } from "../fakes/memory-files.ts";
import { deliveryWorld } from "../fixtures/delivery-world.ts";

const { keys } = deliveryWorld();
const names = ["minisign.pub", "manifest.pem", "ledger.pem", "ledger.vkey", "licensing-keys.json"];

describe("trusted keys", () => {
  test("are read as they were exported", async () => {
    expect(await loadTrustedKeys(exported(), "/keys")).toEqual(keys);
  });

  test.each(names)("are refused when %s is missing, damaged, too long or not a file", async (name) => {
    const changes: readonly ((files: MemoryFiles) => void | Promise<void>)[] = [
      (files) => files.remove(`/keys/${name}`),
      (files) => files.corrupt(`/keys/${name}`, (bytes) => bytes.subarray(1)),
      (files) => files.corrupt(`/keys/${name}`, () => new Uint8Array(2_000_000).fill(32)),
      async (files) => {
        await files.remove(`/keys/${name}`);
        files.putOther(`/keys/${name}`, "other");
      },
    ];
    for (const change of changes) {
      const files = exported();
      await change(files);
      await expect(loadTrustedKeys(files, "/keys")).rejects.toMatchObject({ code: "VERIFY_KEYS" });
    }
  });

  test("are refused when the two forms of the ledger's key differ", async () => {
    const files = exported();
    files.corrupt("/keys/ledger.pem", () => formatPublicKeyPem(keys.manifest));
    await expect(loadTrustedKeys(files, "/keys")).rejects.toMatchObject({ code: "VERIFY_KEYS" });
  });

  test.each(['{"k":"AAAA"}', '{"k":1}', "[]", '{"k":"A","k":"B"}', '{"__proto__":"AAAA"}', "{} x"])(
    "are refused when licensing-keys.json is %s",
    async (text) => {
      const files = exported();
      files.corrupt("/keys/licensing-keys.json", () => utf8(text));
      await expect(loadTrustedKeys(files, "/keys")).rejects.toMatchObject({ code: "VERIFY_KEYS" });
    },
  );
});

function exported(): MemoryFiles {
  const files = memoryFiles();
  files.put("/keys/minisign.pub", formatMinisignPublicKey(keys.minisign));
  files.put("/keys/manifest.pem", formatPublicKeyPem(keys.manifest));
  files.put("/keys/ledger.pem", formatPublicKeyPem(keys.ledger.publicKey));
  files.put("/keys/ledger.vkey", `${formatVkey(keys.ledger)}\n`);
  files.put("/keys/licensing-keys.json", JSON.stringify({ "kid-1": Buffer.alloc(32, 7).toString("base64") }));
  return files;
}
