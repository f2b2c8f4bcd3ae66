import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { licenceClaims, makeVendor } from "../fixtures/licence-vendor.ts";
import { type WindowStation, windowStation } from "../fakes/window-station.ts";

const vendor = makeVendor();
const token = vendor.token({ ...licenceClaims, issued_at: "2026-01-01T00:00:00Z", expires_at: "2099-12-31T23:59:59Z" });

async function opened(): Promise<WindowStation> {
  const station = await windowStation();
  onTestFinished(() => station.close());
  return station;
}

/** What the dialogs answer from now on. */
function choose(
  station: WindowStation,
  files: { readonly "carried-licence"?: string; readonly "vendor-key"?: string },
): void {
  for (const [purpose, text] of Object.entries(files)) {
    const path = join(station.folder, purpose);
    writeFileSync(path, text);
    station.chosen[purpose as "carried-licence" | "vendor-key"] = path;
  }
}

async function entries(station: WindowStation, type: string): Promise<number> {
  const { rows } = await station.call("ledger.page", { before: null, limit: 100, type, query: "" });
  return rows.length;
}

test("a pasted licence is verified under the key that somebody chooses, which is then known, and goes to the stick", async () => {
  const station = await opened();
  const refused = await station.reply("carry.inspect", { secret: token });
  expect(refused).toMatchObject({ ok: false, error: { code: "LICENCE_TOKEN_KEY" } });
  choose(station, { "vendor-key": vendor.pems.ed25519 });
  const view = await station.call("carry.inspect", { secret: `${token}\n` });
  expect(view).toMatchObject({
    kind: "sentari",
    customer: "Northwind Field Service",
    tier: "field",
    licenceId: "NW-2026-0007",
    fileName: "sentari-license.key",
    vendorKeySha256: vendor.ed25519.sha256,
    problem: null,
  });
  expect(JSON.stringify(view)).not.toContain(token.slice(-40));
  station.chosen["vendor-key"] = null;
  expect(await station.call("carry.inspect", { secret: token })).toEqual(view);
  expect(await entries(station, "vendor-key.added")).toBe(1);

  const stickId = await station.stick([{ fingerprint: "fp-carry-0001", name: "pump" }]);
  const done = await station.call("carry.deliver", { stickId, target: "plant 4", fileName: "" });
  const all = readdirSync(station.folder, { recursive: true, encoding: "utf8" });
  const delivered = all.filter((name) => name.endsWith(join(done.folder, done.fileName)));
  expect(delivered.map((name) => readFileSync(join(station.folder, name), "utf8"))).toEqual([token]);
  expect(await station.reply("carry.deliver", { stickId, target: "", fileName: "" })).toMatchObject({
    ok: false,
    error: { code: "USAGE" },
  });
});

test("a file is carried byte for byte; an expired licence says so and is not delivered; no choice changes nothing", async () => {
  const station = await opened();
  expect(await station.call("carry.inspect", { secret: null })).toBeNull();
  const jwt = vendor.jwt({ sub: "N", iat: 1_700_000_000, exp: 1_700_000_001, tier: 5, tid: "5f".repeat(32), pkg: "x" });
  choose(station, { "carried-licence": `${jwt}\r\n`, "vendor-key": vendor.pems.rsa });
  expect(await station.call("carry.inspect", { secret: null })).toMatchObject({
    kind: "stella",
    problem: { code: "LICENSE_EXPIRED" },
  });
  const stickId = await station.stick([{ fingerprint: "fp-carry-0002", name: "pump" }]);
  expect(await station.reply("carry.deliver", { stickId, target: "", fileName: "" })).toMatchObject({
    ok: false,
    error: { code: "LICENSE_EXPIRED" },
  });
});

test("the wrong vendor's key is not kept, and a name that is a path is refused", async () => {
  const station = await opened();
  choose(station, { "vendor-key": makeVendor().pems.ed25519 });
  expect(await station.reply("carry.inspect", { secret: token })).toMatchObject({
    error: { code: "LICENCE_TOKEN_KEY" },
  });
  expect(await entries(station, "vendor-key.added")).toBe(0);
  choose(station, { "vendor-key": vendor.pems.ed25519 });
  await station.call("carry.inspect", { secret: token });
  const stickId = await station.stick([{ fingerprint: "fp-carry-0003", name: "pump" }]);
  expect(await station.reply("carry.deliver", { stickId, target: "", fileName: "../x" })).toMatchObject({
    error: { code: "USAGE" },
  });
});

test("a licence is fetched from its issuer under a key that is known", async () => {
  const station = await opened();
  const { issuer, url } = station.sandbox;
  const rsa = issuer.keys().find(({ kind }) => kind === "rsa")?.pem ?? "";
  const asked = { how: "register", issuer: new URL("/", url).href, email: "ops@northwind.example" } as const;
  expect(await station.reply("carry.fetch", asked)).toMatchObject({ error: { code: "LICENCE_TOKEN_KEY" } });
  choose(station, { "vendor-key": rsa });
  await station.call("carry.inspect", {
    secret: issuer.register("first@northwind.example", Math.floor(Date.now() / 1000)),
  });
  expect(await station.call("carry.fetch", asked)).toMatchObject({ kind: "stella", tier: "333", problem: null });
});
