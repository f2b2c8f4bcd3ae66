import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseVendorKey } from "../../electron/engine/authority/vendor-key.ts";
import { verifyRecoveryToken, verifyToken } from "../../electron/engine/authority/verify-token.ts";
import { type CliWorld, inWorld } from "./cli-world.ts";

const sealed = { env: { STATION_ISSUER_PASSPHRASE: "correct horse" } };

async function issuer(world: CliWorld, form: "ed25519" | "rsa") {
  const out = join(world.home, "..", "issuer");
  const made = await world.station(["licence", "key", "new", "--form", form, "--out", out, "--json"], sealed);
  expect(made.code).toBe(0);
  const { private_key, public_key } = JSON.parse(made.stdout) as { private_key: string; public_key: string };
  return { key: private_key, pem: public_key, vendor: parseVendorKey(readFileSync(public_key), false) };
}

test("a vendor makes a key and issues a licence with every limit named", () =>
  inWorld(async (world) => {
    const { key, vendor } = await issuer(world, "ed25519");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(key, "utf8")).not.toContain("PRIVATE KEY");
    const keys = join(world.home, "..", "keys");
    await world.station(["keys", "export", "--out", keys]);
    const args = ["licence", "issue", "--key", key, "--customer", "Northwind", "--email", "ops@x.example"];
    args.push("--tier", "field", "--expires", "2036-02-29", "--max-devices", "500", "--max-packages", "none");
    args.push("--grace-days", "14", "--read-only-days", "30", "--max-offline-days", "60", "--daily-quota", "200");
    args.push("--burst", "none", "--station", join(keys, "ledger.vkey"), "--id", "NW-1");
    const issued = await world.station(args, sealed);
    expect(issued.code).toBe(0);
    expect(await verifyToken(issued.stdout.trim(), [vendor])).toMatchObject({
      id: "NW-1",
      customer: { name: "Northwind", email: "ops@x.example" },
      expiresAt: new Date("2036-02-29T23:59:59Z"),
      maxDevices: 500,
      graceDays: 14,
      readOnlyDays: 30,
      maxOfflineDays: 60,
      dailyQuota: 200,
      burst: null,
      station: parseVendorKey(readFileSync(join(keys, "ledger.pem")), false).sha256,
    });
  }));

test("a JSON Web Token goes to a file and not to the screen; what its form has no place for is refused", () =>
  inWorld(async (world) => {
    const { key, vendor } = await issuer(world, "rsa");
    const out = join(world.home, "..", "station.jwt");
    const args = ["licence", "issue", "--key", key, "--customer", "Northwind", "--tier", "333", "--sku", "field"];
    args.push("--expires", "2036-01-01", "--out", out);
    const issued = await world.station([...args, "--json"], sealed);
    expect(JSON.parse(issued.stdout)).toEqual({
      kind: "licence",
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      expires_at: "2036-01-01T23:59:59Z",
      file: out,
    });
    expect(await verifyToken(readFileSync(out, "utf8").trim(), [vendor])).toMatchObject({
      form: "jwt",
      dailyQuota: 333,
    });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const wrong = await world.station([...args, "--grace-days", "3"], sealed);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--grace-days does not go with")]);
    expect((await world.station([...args, "--form", "ed25519"], sealed)).code).toBe(2);
  }));

test("a recovery token is for one station and one event", () =>
  inWorld(async (world) => {
    const { key, vendor } = await issuer(world, "ed25519");
    const [station, event] = ["0a".repeat(32), "0b".repeat(32)];
    const args = ["licence", "issue", "--recovery", "--key", key, "--station", station, "--event", event];
    const issued = await world.station(args, sealed);
    expect(verifyRecoveryToken(issued.stdout.trim(), [vendor])).toMatchObject({ station, event });
    expect((await world.station(args.slice(0, -2), sealed)).code).toBe(2);
  }));

test("an issuer's key is sealed unless somebody says otherwise, opens with its passphrase only, and is never replaced", () =>
  inWorld(async (world) => {
    const { key } = await issuer(world, "ed25519");
    const out = join(world.home, "..", "issuer");
    const make = ["licence", "key", "new", "--form", "ed25519", "--out", out];
    expect((await world.station(make)).code).toBe(2);
    expect((await world.station(make, sealed)).stderr).toContain("There is a key already");
    const issue = ["licence", "issue", "--key", key, "--customer", "N", "--tier", "t", "--expires", "2036-01-01"];
    expect((await world.station(issue)).stderr).toContain("SECRET_MISSING");
    const other = { env: { STATION_ISSUER_PASSPHRASE: "wrong horse" } };
    expect((await world.station(issue, other)).stderr).toContain("KEYS_UNREADABLE");
    writeFileSync(key, readFileSync(key, "utf8").replace('"kind":"ed25519"', '"kind":"rsa"'));
    expect((await world.station(issue, sealed)).stderr).toContain("KEYS_UNREADABLE");
    const bare = join(out, "bare");
    expect((await world.station([...make.slice(0, -1), bare, "--unsealed"])).code).toBe(0);
    expect(
      (await world.station([...issue.slice(0, 3), join(bare, "issuer-ed25519.key"), ...issue.slice(4)])).code,
    ).toBe(0);
  }));

test("a station believes an added key, says so in its ledger, and fetches a licence from that issuer", () =>
  inWorld(async (world) => {
    const [ed25519, rsa] = world.sandbox.issuer.keys();
    const pem = join(world.home, "..", "vendor.pem");
    const out = join(world.home, "..", "own.jwt");
    const fetched = ["licence", "fetch", "--issuer", new URL("/", world.sandbox.url).href, "--out", out];
    const early = await world.station([...fetched, "--email", "ops@x.example"]);
    expect([early.code, early.stderr]).toEqual([3, expect.stringContaining("LICENCE_TOKEN_KEY")]);

    for (const { pem: text } of [rsa, ed25519, rsa].filter((one) => one !== undefined)) {
      writeFileSync(pem, text);
      expect((await world.station(["licence", "key", "add", pem, "--operator", "Ada"])).code).toBe(0);
    }
    expect(world.entries("vendor-key.added")).toMatchObject([
      { kind: "rsa", sha256: rsa?.sha256, operator: "Ada" },
      { kind: "ed25519", sha256: ed25519?.sha256, operator: "Ada" },
    ]);
    const got = await world.station([...fetched, "--email", "ops@x.example", "--json"]);
    expect(JSON.parse(got.stdout)).toMatchObject({ form: "jwt", file: out, contact_at: expect.any(String) });
    expect(got.stdout + got.stderr).not.toContain(readFileSync(out, "utf8").trim());

    const held = join(world.home, "..", "held.key");
    writeFileSync(held, world.sandbox.issuer.licence("Northwind", Math.floor(Date.now() / 1000)));
    const fresh = await world.station([...fetched, "--refresh", "--token-file", held, "--json"]);
    expect(JSON.parse(fresh.stdout)).toMatchObject({ form: "ed25519", contact_at: expect.any(String) });
  }));
