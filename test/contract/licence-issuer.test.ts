import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import type { ErrorCode } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import {
  type AskIssuer,
  type FetchedLicence,
  registerLicence,
  refreshLicence,
} from "../../electron/engine/authority/issuer-client.ts";
import { parseVendorKey, type VendorKey } from "../../electron/engine/authority/vendor-key.ts";
import { withIssuer } from "../../electron/engine/issuer-access.ts";
import type { RunningSandbox } from "../../electron/sandbox/sandbox.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { noon, sandboxFor } from "./sandbox-client.ts";

const refusal = (code: ErrorCode): unknown => expect.objectContaining({ name: "StationError", code });
const dayMs = 86_400_000;
const parts = { env: {}, clock: fakeClock(), version: "0" };

function keysOf(sandbox: RunningSandbox): readonly VendorKey[] {
  return sandbox.issuer.keys().map(({ pem }) => parseVendorKey(utf8(pem), true));
}

/** A station that talks to this address and believes these keys. */
function station(url: string, vendorKeys: readonly VendorKey[], now = new Date(noon)) {
  const random = seededRandom("nonces");
  const over = <T>(work: (ask: AskIssuer) => Promise<T>): Promise<T> =>
    withIssuer({ url: new URL("/", url).href, proxy: null, caPem: null }, parts, work);
  return {
    register: (email: string): Promise<FetchedLicence> =>
      over((ask) => registerLicence(email, { ask, vendorKeys, random, now })),
    refresh: (token: string): Promise<FetchedLicence> =>
      over((ask) => refreshLicence(token, { ask, vendorKeys, random, now })),
  };
}

describe("registering an address", () => {
  it("gives a token for sixty days with proof of contact, and the service keeps only the address's digest", async () => {
    const sandbox = await sandboxFor();
    const { licence, contactAt } = await station(sandbox.url, keysOf(sandbox)).register("ops@northwind.example");
    expect(licence).toMatchObject({ form: "jwt", dailyQuota: 333, sku: "rehearsal-station", issuedAt: new Date(noon) });
    expect(licence.expiresAt).toEqual(new Date(noon + 60 * dayMs));
    expect(contactAt).toEqual(new Date(noon));
    const digest = sha256Hex(utf8("ops@northwind.example"));
    expect([sandbox.issuer.registered(), licence.customer.name]).toEqual([[digest], digest]);
  });

  it("gives the same address the same token until seven days before its end, and other addresses others", async () => {
    let now = noon;
    const sandbox = await sandboxFor({ clock: () => new Date(now) });
    const keys = keysOf(sandbox);
    const token = async (email: string): Promise<string> =>
      (await station(sandbox.url, keys, new Date(now)).register(email)).token;
    const first = await token("a@x.example");
    expect(await token("A@x.example")).toBe(first);
    expect(await token("b@x.example")).not.toBe(first);
    now = noon + 53 * dayMs - 1000;
    expect(await token("a@x.example")).toBe(first);
    now = noon + 53 * dayMs;
    expect(await token("a@x.example")).not.toBe(first);
  });

  it("gives the same keys and tokens again for the same seed", async () => {
    const [one, two] = [await sandboxFor({ seed: "issuer" }), await sandboxFor({ seed: "issuer" })];
    expect(one.issuer.keys()).toEqual(two.issuer.keys());
    expect(one.issuer.register("a@x.example", 1)).toBe(two.issuer.register("a@x.example", 1));
    expect(keysOf(one)[1]?.key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });
});

describe("asking the licence server again", () => {
  it("gives a fresh Ed25519 licence with proof of contact", async () => {
    let now = noon;
    const sandbox = await sandboxFor({ clock: () => new Date(now) });
    const held = sandbox.issuer.licence("Northwind", noon / 1000);
    now += 40 * dayMs;
    const fetched = await station(sandbox.url, keysOf(sandbox), new Date(now)).refresh(held);
    expect(fetched.licence).toMatchObject({
      form: "ed25519",
      customer: { name: "Northwind" },
      issuedAt: new Date(now),
    });
    expect(fetched.contactAt).toEqual(new Date(now));
  });

  it.each([
    ["a token of somebody else", "LS1.licence.x.y.z", "API_FORBIDDEN"],
    ["no token at all", "hello", "API_FORBIDDEN"],
  ] as const)("is refused for %s", async (_, token, code) => {
    const sandbox = await sandboxFor();
    await expect(station(sandbox.url, keysOf(sandbox)).refresh(token)).rejects.toThrow(refusal(code));
  });
});

describe("the issuer's addresses", () => {
  const post = (sandbox: RunningSandbox, path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(new URL(path, sandbox.url), { method: "POST", body: JSON.stringify(body), headers });
  it.each([
    ["/register", {}, 400],
    ["/register", { email: "no address" }, 400],
    ["/register", { email: ["a@x.example"] }, 400],
    ["/register", { email: "a@x.example", nonce: "short" }, 400],
    ["/licence/refresh", {}, 400],
    ["/_issuer/keys", {}, 405],
  ])("%s with %j answers %i", async (path, body, status) => {
    expect((await post(await sandboxFor(), path, body)).status).toBe(status);
  });

  it("answer no web page, and a body without a nonce without proof", async () => {
    const sandbox = await sandboxFor();
    const email = "a@x.example";
    expect((await post(sandbox, "/register", { email }, { origin: "https://evil.example" })).status).toBe(403);
    expect(Object.keys((await (await post(sandbox, "/register", { email })).json()) as object)).toEqual(["token"]);
  });
});

describe("an issuer that does not behave", () => {
  /** Says whatever it is told, whoever asks. */
  const liar = async (
    answer: (nonce: string) => { status?: number; headers?: Record<string, string>; body: string },
  ) => {
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { nonce } = JSON.parse(text) as { nonce: string };
        const { status = 200, headers = {}, body } = answer(nonce);
        response.writeHead(status, headers).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const genuine = async () => {
    const sandbox = await sandboxFor();
    return { sandbox, keys: keysOf(sandbox), token: sandbox.issuer.register("a@x.example", noon / 1000) };
  };

  it("cannot play an old answer again as proof of contact", async () => {
    const { sandbox, keys, token } = await genuine();
    const old = sandbox.issuer.contact(token, "ab".repeat(32), noon / 1000);
    const url = await liar(() => ({ body: JSON.stringify({ token, contact: old }) }));
    await expect(station(url, keys).register("a@x.example")).rejects.toThrow(refusal("API_WRONG_IDENTITY"));
  });

  it("cannot prove contact with another licence's answer to the right nonce", async () => {
    const { sandbox, keys, token } = await genuine();
    const other = sandbox.issuer.licence("Somebody", noon / 1000);
    const url = await liar((nonce) => ({
      body: JSON.stringify({ token, contact: sandbox.issuer.contact(other, nonce, noon / 1000) }),
    }));
    await expect(station(url, keys).register("a@x.example")).rejects.toThrow(refusal("API_WRONG_IDENTITY"));
  });

  it("gives a licence without proof when it leaves the proof out", async () => {
    const { keys, token } = await genuine();
    const url = await liar(() => ({ body: JSON.stringify({ token }) }));
    expect((await station(url, keys).register("a@x.example")).contactAt).toBeNull();
  });

  it.each([
    ["LICENCE_TOKEN_SIGNATURE", { body: '{"token":"eyJhbGciOiJSUzI1NiJ9.e30.AAAA"}' }],
    ["API_MALFORMED", { body: "<html>" }],
    ["API_MALFORMED", { body: '{"token":"a","token":"b"}' }],
    ["API_MALFORMED", { body: JSON.stringify({ token: "x".repeat(9000) }) }],
    ["API_TOO_LARGE", { body: `{"token":"a"}${" ".repeat(70_000)}` }],
    ["API_REDIRECT", { status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" }],
    ["API_RATE_LIMITED", { status: 429, body: "" }],
    ["API_FAILED", { status: 503, body: "" }],
    ["API_REFUSED", { status: 409, body: "" }],
  ] as const)("ends in %s", async (code, answer) => {
    const { keys } = await genuine();
    const url = await liar(() => answer);
    await expect(station(url, keys).register("a@x.example")).rejects.toThrow(refusal(code));
  });

  it("is not asked at all in clear beyond this machine", async () => {
    await expect(station("http://issuer.example/", []).register("a@x.example")).rejects.toThrow(
      refusal("API_URL_INVALID"),
    );
  });
});
