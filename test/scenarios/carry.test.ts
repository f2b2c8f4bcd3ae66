import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { licenceClaims, makeVendor } from "../fixtures/licence-vendor.ts";
import { type CliWorld, inWorld } from "./cli-world.ts";

const vendor = makeVendor();
const sentari = vendor.token({
  ...licenceClaims,
  issued_at: "2026-01-01T00:00:00Z",
  expires_at: "2099-12-31T23:59:59Z",
});
const now = Math.floor(Date.now() / 1000);
const stella = vendor.jwt({
  sub: "Northwind",
  iat: now - 60,
  exp: now + 86_400,
  tier: 333,
  tid: "5f".repeat(32),
  pkg: "x",
});

interface CarryJson {
  readonly batch: string;
  readonly folder: string;
  readonly error: { readonly code: string } | null;
}

/** Puts token and key beside the home and runs `station carry --json`. */
async function carry(world: CliWorld, token: string, form: "ed25519" | "rsa", more: readonly string[] = []) {
  const at = (name: string): string => join(world.home, "..", name);
  writeFileSync(at("licence"), token);
  writeFileSync(at("vendor.pem"), vendor.pems[form]);
  const args = ["--token-file", at("licence"), "--vendor-key", at("vendor.pem"), ...more];
  return world.station(["carry", "--stick", world.stick, "--json", ...args]);
}

async function verified(world: CliWorld): Promise<unknown> {
  const keys = join(world.home, "..", "keys");
  expect((await world.station(["keys", "export", "--out", keys])).code).toBe(0);
  const { code, stdout } = await world.station(["verify", "--stick", world.stick, "--keys", keys, "--json"]);
  return { code, ...(JSON.parse(stdout) as object) };
}

const has = (tool: string): boolean => spawnSync(tool, ["-h"]).error === undefined;

describe("a carried licence", () => {
  test.each([
    ["sentari", "sentari-license.key", `${sentari}\n`, "ed25519"],
    ["stella", "stella-ops.jwt", stella, "rsa"],
  ] as const)("for %s lies on the stick as %s, byte for byte, and the stick verifies", (kind, name, token, form) =>
    inWorld(async (world) => {
      const run = await carry(world, token, form, ["--target", "plant 4", "--operator", "Ada", "--work-order", "WO-7"]);
      expect([run.code, run.stderr]).toEqual([0, expect.stringContaining(name)]);
      const { batch, folder } = JSON.parse(run.stdout) as CarryJson;
      expect(readFileSync(join(world.stick, folder, name), "utf8")).toBe(token);
      expect(Object.keys(world.files(join(world.stick, folder))).sort()).toEqual(
        [name, `${name}.tlog-proof`, "README.txt", "SHA256SUMS", "SHA256SUMS.minisig", "ledger.vkey"]
          .concat("manifest.dsse.json", "minisign.pub")
          .sort(),
      );
      expect(world.entries().map(({ type }) => type)).toEqual([
        "ledger.created",
        "batch.started",
        "licence-token.carried",
        "delivery.intended",
        "delivery.committed",
        "batch.finished",
      ]);
      expect(world.entries("licence-token.carried")).toMatchObject([
        { batch, kind, target: "plant 4", file_name: name },
      ]);
      expect(world.entries("batch.started")).toMatchObject([{ operator: "Ada", work_order: "WO-7", product: kind }]);
      expect(await verified(world)).toEqual({
        code: 0,
        ok: true,
        notes: [],
        batches: [{ batch, ok: true, problems: [], notes: [] }],
      });
    }),
  );

  test("is a secret: it is in no ledger, manifest, receipt, output or home file", () =>
    inWorld(async (world) => {
      const run = await carry(world, sentari, "ed25519");
      const { folder } = JSON.parse(run.stdout) as CarryJson;
      const secret = sentari.slice(-40);
      const inFolder = Object.keys(world.files(join(world.stick, folder)))
        .filter((name) => readFileSync(join(world.stick, folder, name)).includes(secret))
        .sort();
      expect(inFolder).toEqual(["sentari-license.key"]);
      const home = readdirSync(world.home, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
      const inHome = home.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(secret));
      expect([inHome, (run.stdout + run.stderr).includes(secret)]).toEqual([[], false]);
    }));

  test.runIf(has("minisign"))("is listed in sums that sha256sum and minisign accept", () =>
    inWorld(async (world) => {
      const { folder } = JSON.parse((await carry(world, stella, "rsa")).stdout) as CarryJson;
      const cwd = join(world.stick, folder);
      const run = (tool: string, ...args: readonly string[]) => spawnSync(tool, args, { cwd, encoding: "utf8" });
      expect(run("sha256sum", "-c", "SHA256SUMS").stdout).toContain("stella-ops.jwt: OK");
      expect(run("minisign", "-Vm", "SHA256SUMS", "-p", "minisign.pub").status).toBe(0);
    }),
  );

  test("lies beside machine files; each keeps to itself, and both verify", () =>
    inWorld(async (world) => {
      expect((await carry(world, sentari, "ed25519")).code).toBe(0);
      expect(readFileSync(join(world.stick, "PROVISIONING/index.json"), "utf8")).toBe('{"devices":{},"v":1}\n');
      world.askFor("a");
      expect((await world.provision()).code).toBe(0);
      expect((await carry(world, stella, "rsa", ["--file-name", "licence.jwt"])).code).toBe(0);
      expect(await verified(world)).toMatchObject({
        code: 0,
        ok: true,
        batches: [{ ok: true }, { ok: true }, { ok: true }],
      });
    }));
});

describe("what is not carried", () => {
  const expired = vendor.token({
    ...licenceClaims,
    issued_at: "2020-01-01T00:00:00Z",
    expires_at: "2021-01-01T00:00:00Z",
  });
  test.each([
    ["a token under another vendor's key", 3, "LICENCE_TOKEN_KEY", makeVendor().token(), []],
    ["a changed token", 3, "LICENCE_TOKEN_SIGNATURE", `${sentari.slice(0, -3)}AAA`.replace(/.{9}$/, "AAAAAAAAA"), []],
    ["a recovery token", 3, "LICENCE_TOKEN_PURPOSE", vendor.token({}, "recovery"), []],
    ["an expired licence", 3, "LICENSE_EXPIRED", expired, []],
    ["a token of the other kind", 3, "LICENCE_TOKEN_FORMAT", sentari, ["--kind", "stella"]],
    ["a name with a folder", 2, "USAGE", sentari, ["--file-name", "../evil"]],
    ["a hidden name", 2, "USAGE", sentari, ["--file-name", ".profile"]],
    ["a name Windows keeps", 2, "USAGE", sentari, ["--file-name", "nul.jwt"]],
    ["a name of the delivery's own", 2, "USAGE", sentari, ["--file-name", "readme.TXT"]],
    ["a receipt's name", 2, "USAGE", sentari, ["--file-name", "a.tlog-proof"]],
    ["a name of 65 characters", 2, "USAGE", sentari, ["--file-name", "a".repeat(65)]],
  ])("%s", (_, code, error, token, more) =>
    inWorld(async (world) => {
      const run = await carry(world, token, "ed25519", more);
      expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(error)]);
      expect(world.files(world.stick)).toEqual({});
    }),
  );
});
