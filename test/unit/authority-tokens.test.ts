import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "#shared/domain/errors.ts";
import { openContactJwt } from "../../electron/engine/authority/license-jwt.ts";
import { parseVendorKey } from "../../electron/engine/authority/vendor-key.ts";
import { knownVendorKeys, vendorKeyEntry } from "../../electron/engine/authority/vendor-keys.ts";
import { tokenText, verifyRecoveryToken, verifyToken } from "../../electron/engine/authority/verify-token.ts";
import { jwtClaims, licenceClaims, makeVendor, part, publicPem } from "../fixtures/licence-vendor.ts";

const vendor = makeVendor();
const stranger = makeVendor();
const { ed25519, rsa, keys } = vendor;
const refusal = (code: ErrorCode): unknown => expect.objectContaining({ name: "StationError", code });

describe("an Ed25519 licence token", () => {
  it("says what was signed", async () => {
    const token = vendor.token();
    expect(await verifyToken(token, keys)).toEqual({
      form: "ed25519",
      id: "NW-2026-0007",
      tokenSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      keySha256: ed25519.sha256,
      customer: { name: "Northwind Field Service", email: "ops@northwind.example" },
      tier: "field",
      sku: null,
      issuedAt: new Date("2026-07-01T00:00:00Z"),
      expiresAt: new Date("2027-06-30T23:59:59Z"),
      graceDays: 14,
      readOnlyDays: 30,
      maxOfflineDays: 30,
      maxDevices: 500,
      dailyQuota: 200,
      burst: { count: 30, seconds: 60 },
      station: null,
    });
    expect(await verifyToken(Buffer.from(token), keys)).toEqual(await verifyToken(token, keys));
  });

  it("means no quota, the usual burst limit and any station where it does not say", async () => {
    const { licence_id: _1, issued_at: _2, daily_quota: _3, burst: _4, ...bare } = licenceClaims;
    const licence = await verifyToken(vendor.token(bare), keys);
    const { id, tokenSha256, issuedAt, dailyQuota, burst, station } = licence;
    expect({ named: id === tokenSha256, issuedAt, dailyQuota, burst, station }).toEqual({
      named: true,
      issuedAt: new Date(0),
      dailyQuota: null,
      burst: { count: 30, seconds: 60 },
      station: null,
    });
    expect((await verifyToken(vendor.token({ ...bare, burst: null }), keys)).burst).toBeNull();
  });

  it("is taken from a file with the newline an editor left, and with nothing else", async () => {
    const token = vendor.token();
    for (const end of ["", "\n", "\r\n"]) expect(tokenText(Buffer.from(token + end))).toBe(token);
    for (const end of ["\n\n", " \n", "\0"]) {
      expect(() => tokenText(Buffer.from(token + end))).toThrow(refusal("LICENCE_TOKEN_FORMAT"));
    }
    expect(() => tokenText(Buffer.alloc(9000, 0x41))).toThrow(refusal("LICENCE_TOKEN_TOO_LARGE"));
  });

  it("is good for its own purpose only", async () => {
    const recovery = { station: "0a".repeat(32), event: "0b".repeat(32), issued_at: "2026-11-02T10:00:00Z" };
    const token = vendor.token(recovery, "recovery");
    expect(verifyRecoveryToken(token, keys)).toEqual(recovery);
    await expect(verifyToken(token, keys)).rejects.toThrow(refusal("LICENCE_TOKEN_PURPOSE"));
    expect(() => verifyRecoveryToken(vendor.token(), keys)).toThrow(refusal("LICENCE_TOKEN_PURPOSE"));
    await expect(verifyToken(token.replace(".recovery.", ".licence."), keys)).rejects.toThrow(
      refusal("LICENCE_TOKEN_SIGNATURE"),
    );
  });
});

describe("a JSON Web Token", () => {
  it("says what was signed, with neither grace nor a device limit", async () => {
    const { tokenSha256: _, ...licence } = await verifyToken(vendor.jwt(), keys);
    expect(licence).toEqual({
      form: "jwt",
      id: jwtClaims.tid,
      keySha256: rsa.sha256,
      customer: { name: "Northwind Field Service", email: null },
      tier: "333",
      sku: "scanner-standard",
      issuedAt: new Date(jwtClaims.iat * 1000),
      expiresAt: new Date(jwtClaims.exp * 1000),
      graceDays: 0,
      readOnlyDays: 0,
      maxOfflineDays: 1,
      maxDevices: null,
      dailyQuota: 333,
      burst: { count: 30, seconds: 60 },
      station: null,
    });
  });

  it.each([[{ alg: "RS256" }], [{ alg: "RS256", typ: "JWT", kid: "2026-a" }], [{ alg: "RS256", kid: rsa.sha256 }]])(
    "verifies with the header %j",
    async (header) => {
      expect((await verifyToken(vendor.jwt(jwtClaims, header), keys)).id).toBe(jwtClaims.tid);
    },
  );

  it("is verified long after it has expired: its life cycle is another's to tell", async () => {
    expect((await verifyToken(vendor.jwt({ ...jwtClaims, iat: 1, exp: 2 }), keys)).expiresAt).toEqual(new Date(2000));
  });

  it("issued in the clock's future is refused beyond five minutes, when the clock is given", async () => {
    const before = (seconds: number): Date => new Date((jwtClaims.iat - seconds) * 1000);
    await expect(verifyToken(vendor.jwt(), keys, before(301))).rejects.toThrow(refusal("LICENCE_TOKEN_CLAIMS"));
    await expect(verifyToken(vendor.jwt(), keys, before(300))).resolves.toBeDefined();
  });

  it("that answers a nonce is no licence, and a licence answers no nonce", async () => {
    const contact = { iat: 1_782_864_000, tid: jwtClaims.tid, nonce: "ab".repeat(16) };
    const token = vendor.jwt(contact, { alg: "RS256", typ: "licence-contact+jwt" });
    expect((await openContactJwt(token, keys)).claims).toEqual(contact);
    await expect(verifyToken(token, keys)).rejects.toThrow(refusal("LICENCE_TOKEN_PURPOSE"));
    await expect(openContactJwt(vendor.jwt(), keys)).rejects.toThrow(refusal("LICENCE_TOKEN_PURPOSE"));
  });
});

describe("keys are replaced", () => {
  const next = makeVendor();
  it.each([
    ["Ed25519", "LICENCE_TOKEN_KEY", (from: typeof vendor) => from.token()],
    ["RS256", "LICENCE_TOKEN_SIGNATURE", (from: typeof vendor) => from.jwt()],
  ] as const)(
    "with both known, old and new %s tokens verify; with the old one gone it is %s",
    async (_, code, issue) => {
      const both = [...vendor.keys, ...next.keys];
      for (const from of [vendor, next]) await expect(verifyToken(issue(from), both)).resolves.toBeDefined();
      await expect(verifyToken(issue(next), next.keys)).resolves.toBeDefined();
      await expect(verifyToken(issue(vendor), next.keys)).rejects.toThrow(refusal(code));
    },
  );
});

const token = vendor.token();
const [version = "", purpose = "", key = "", payload = "", signature = ""] = token.split(".");
const jwt = vendor.jwt();
const [jwtHeader = "", jwtPayload = "", jwtSignature = ""] = jwt.split(".");
const claims = (change: object): string => vendor.token({ ...licenceClaims, ...change });
const without = (name: keyof typeof licenceClaims): string => {
  const { [name]: _, ...rest } = licenceClaims;
  return vendor.token(rest);
};
const jwtWith = (change: object): string => vendor.jwt({ ...jwtClaims, ...change });
const headed = (header: unknown): string => vendor.jwt(jwtClaims, header);
/** Signed by the vendor over bytes that no encoder of ours writes. */
const signedText = (json: string): string => vendor.jwt(json);
const hmac = (secret: string, alg: string): string => {
  const signed = `${part({ alg, typ: "JWT" })}.${jwtPayload}`;
  return `${signed}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(signed)
    .digest("base64url")}`;
};
const flip = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
const loose = (text: string): string => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + (alphabet[alphabet.indexOf(text.at(-1) ?? "A") ^ 1] ?? "");
};

const hostile: readonly (readonly [string, ErrorCode, string | Uint8Array])[] = [
  // neither form
  ["nothing", "LICENCE_TOKEN_FORMAT", ""],
  ["prose", "LICENCE_TOKEN_FORMAT", "please let me in"],
  ["bytes that are not text", "LICENCE_TOKEN_FORMAT", Uint8Array.of(0xff, 0xfe, 0x00)],
  ["nine kilobytes", "LICENCE_TOKEN_TOO_LARGE", "A".repeat(9000)],
  ["another version", "LICENCE_TOKEN_FORMAT", token.replace("LS1", "LS2")],
  ["a PEM file", "LICENCE_TOKEN_FORMAT", vendor.pems.ed25519],
  // Ed25519: the frame
  ["a newline at the end", "LICENCE_TOKEN_FORMAT", `${token}\n`],
  ["a blank before", "LICENCE_TOKEN_FORMAT", ` ${token}`],
  ["a byte order mark", "LICENCE_TOKEN_FORMAT", `\uFEFF${token}`],
  ["a part too few", "LICENCE_TOKEN_FORMAT", [version, purpose, key, payload].join(".")],
  ["a part too many", "LICENCE_TOKEN_FORMAT", `${token}.AAAA`],
  ["an empty payload", "LICENCE_TOKEN_FORMAT", [version, purpose, key, "", signature].join(".")],
  ["padding on the payload", "LICENCE_TOKEN_FORMAT", [version, purpose, key, `${payload}=`, signature].join(".")],
  ["the standard alphabet", "LICENCE_TOKEN_FORMAT", [version, purpose, key, `${payload}+/`, signature].join(".")],
  ["a signature of 63 bytes", "LICENCE_TOKEN_FORMAT", [version, purpose, key, payload, signature.slice(2)].join(".")],
  [
    "unused bits set in the signature",
    "LICENCE_TOKEN_FORMAT",
    [version, purpose, key, payload, loose(signature)].join("."),
  ],
  ["an upper-case key", "LICENCE_TOKEN_FORMAT", [version, purpose, key.toUpperCase(), payload, signature].join(".")],
  ["a short key", "LICENCE_TOKEN_FORMAT", [version, purpose, key.slice(2), payload, signature].join(".")],
  ["an unknown purpose", "LICENCE_TOKEN_PURPOSE", [version, "admin", key, payload, signature].join(".")],
  ["a recovery token", "LICENCE_TOKEN_PURPOSE", vendor.token({}, "recovery")],
  ["a contact token", "LICENCE_TOKEN_PURPOSE", vendor.token({}, "contact")],
  // Ed25519: key and signature
  ["a stranger's token", "LICENCE_TOKEN_KEY", stranger.token()],
  [
    "a stranger's token under our key's name",
    "LICENCE_TOKEN_SIGNATURE",
    stranger.token().replace(stranger.ed25519.sha256, key),
  ],
  ["an RSA key's name", "LICENCE_TOKEN_KEY", token.replace(key, rsa.sha256)],
  ["a changed payload", "LICENCE_TOKEN_SIGNATURE", [version, purpose, key, flip(payload, 20), signature].join(".")],
  [
    "another licence's payload",
    "LICENCE_TOKEN_SIGNATURE",
    [version, purpose, key, claims({ max_devices: null }).split(".")[3], signature].join("."),
  ],
  ["a changed signature", "LICENCE_TOKEN_SIGNATURE", [version, purpose, key, payload, flip(signature, 5)].join(".")],
  ["a signature of zeros", "LICENCE_TOKEN_SIGNATURE", [version, purpose, key, payload, "A".repeat(86)].join(".")],
  // Ed25519: signed, but not what the page says
  ["an empty object", "LICENCE_TOKEN_CLAIMS", vendor.token({})],
  ["a list", "LICENCE_TOKEN_CLAIMS", vendor.token([licenceClaims])],
  ["null", "LICENCE_TOKEN_CLAIMS", vendor.token(null)],
  ["a member nobody knows", "LICENCE_TOKEN_CLAIMS", claims({ admin: true })],
  ["__proto__", "LICENCE_TOKEN_CLAIMS", vendor.token(JSON.parse('{"__proto__":{"tier":"x"}}'))],
  ["no customer", "LICENCE_TOKEN_CLAIMS", without("customer_name")],
  ["no expiry", "LICENCE_TOKEN_CLAIMS", without("expires_at")],
  ["no device limit, not even null", "LICENCE_TOKEN_CLAIMS", without("max_devices")],
  ["no offline limit", "LICENCE_TOKEN_CLAIMS", without("max_offline_days")],
  ["an expiry without a zone", "LICENCE_TOKEN_CLAIMS", claims({ expires_at: "2027-06-30T23:59:59" })],
  ["an expiry in another zone", "LICENCE_TOKEN_CLAIMS", claims({ expires_at: "2027-06-30T23:59:59+02:00" })],
  ["an expiry with a fraction", "LICENCE_TOKEN_CLAIMS", claims({ expires_at: "2027-06-30T23:59:59.5Z" })],
  ["the 30th of February", "LICENCE_TOKEN_CLAIMS", claims({ expires_at: "2027-02-30T00:00:00Z" })],
  ["an expiry as a number", "LICENCE_TOKEN_CLAIMS", claims({ expires_at: 1_800_000_000 })],
  ["expiry before issue", "LICENCE_TOKEN_CLAIMS", claims({ expires_at: "2026-06-30T00:00:00Z" })],
  ["negative grace", "LICENCE_TOKEN_CLAIMS", claims({ grace_period_days: -1 })],
  ["endless grace", "LICENCE_TOKEN_CLAIMS", claims({ grace_period_days: 3651 })],
  ["half a day of grace", "LICENCE_TOKEN_CLAIMS", claims({ grace_period_days: 0.5 })],
  ["no offline day at all", "LICENCE_TOKEN_CLAIMS", claims({ max_offline_days: 0 })],
  ["more than a year offline", "LICENCE_TOKEN_CLAIMS", claims({ max_offline_days: 366 })],
  ["a quota beyond all counting", "LICENCE_TOKEN_CLAIMS", claims({ daily_quota: 1e15 })],
  ["a quota as text", "LICENCE_TOKEN_CLAIMS", claims({ daily_quota: "200" })],
  ["a burst limit of nothing", "LICENCE_TOKEN_CLAIMS", claims({ burst: {} })],
  ["a name that turns the line round", "LICENCE_TOKEN_CLAIMS", claims({ customer_name: "Acme \u202eevil" })],
  ["a name with a newline", "LICENCE_TOKEN_CLAIMS", claims({ customer_name: "Acme\nroot" })],
  ["a station that is no fingerprint", "LICENCE_TOKEN_CLAIMS", claims({ station: "dock-7" })],
  // JWT: algorithm
  ["alg none, unsigned", "LICENCE_TOKEN_FORMAT", `${part({ alg: "none" })}.${jwtPayload}.`],
  ["alg none, with a signature", "LICENCE_TOKEN_ALGORITHM", `${part({ alg: "none" })}.${jwtPayload}.${jwtSignature}`],
  ["alg None", "LICENCE_TOKEN_ALGORITHM", headed({ alg: "None" })],
  ["HS256 with the public key's PEM as secret", "LICENCE_TOKEN_ALGORITHM", hmac(vendor.pems.rsa, "HS256")],
  ["HS512 with the public key's PEM as secret", "LICENCE_TOKEN_ALGORITHM", hmac(vendor.pems.rsa, "HS512")],
  ["HS256 with an empty secret", "LICENCE_TOKEN_ALGORITHM", hmac("", "HS256")],
  ["rs256 in small letters", "LICENCE_TOKEN_ALGORITHM", headed({ alg: "rs256" })],
  ["RS512", "LICENCE_TOKEN_ALGORITHM", headed({ alg: "RS512" })],
  ["PS256", "LICENCE_TOKEN_ALGORITHM", headed({ alg: "PS256" })],
  ["ES256", "LICENCE_TOKEN_ALGORITHM", headed({ alg: "ES256" })],
  ["EdDSA", "LICENCE_TOKEN_ALGORITHM", headed({ alg: "EdDSA" })],
  ["a list of algorithms", "LICENCE_TOKEN_ALGORITHM", headed({ alg: ["RS256"] })],
  ["no algorithm", "LICENCE_TOKEN_FORMAT", headed({ typ: "JWT" })],
  // JWT: header
  ["an unknown critical header", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", crit: ["exp"], exp: 1 })],
  ["an empty critical list", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", crit: [] })],
  ["an unencoded payload", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", b64: false, crit: ["b64"] })],
  [
    "its own key as jwk",
    "LICENCE_TOKEN_FORMAT",
    stranger.jwt(jwtClaims, { alg: "RS256", jwk: stranger.rsa.key.export({ format: "jwk" }) }),
  ],
  ["an address for keys", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", jku: "https://evil.example/keys" })],
  ["an address for a certificate", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", x5u: "https://evil.example/c" })],
  ["a certificate", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", x5c: ["MIIB"] })],
  ["compression", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", zip: "DEF" })],
  ["a content type", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", cty: "JWT" })],
  ["an unknown typ", "LICENCE_TOKEN_PURPOSE", headed({ alg: "RS256", typ: "at+jwt" })],
  ["a typ in small letters", "LICENCE_TOKEN_PURPOSE", headed({ alg: "RS256", typ: "jwt" })],
  ["a kid that is a path", "LICENCE_TOKEN_FORMAT", headed({ alg: "RS256", kid: ["../../dev/null"] })],
  ["algorithm named twice", "LICENCE_TOKEN_FORMAT", headed('{"alg":"RS256","alg":"none"}')],
  ["a header that is a list", "LICENCE_TOKEN_FORMAT", headed(["RS256"])],
  ["a header that is not JSON", "LICENCE_TOKEN_FORMAT", headed("RS256")],
  [
    "a header of deep nesting",
    "LICENCE_TOKEN_FORMAT",
    headed(`{"alg":"RS256","kid":${"[".repeat(50)}${"]".repeat(50)}}`),
  ],
  // JWT: frame
  ["a part too few", "LICENCE_TOKEN_FORMAT", `${jwtHeader}.${jwtPayload}`],
  ["a part too many (JWE)", "LICENCE_TOKEN_FORMAT", `${jwt}.AA.AA`],
  [
    "the JSON serialization",
    "LICENCE_TOKEN_FORMAT",
    JSON.stringify({ protected: jwtHeader, payload: jwtPayload, signature: jwtSignature }),
  ],
  ["padding on the payload", "LICENCE_TOKEN_FORMAT", `${jwtHeader}.${jwtPayload}=.${jwtSignature}`],
  ["a tab inside", "LICENCE_TOKEN_FORMAT", `${jwtHeader}.\t${jwtPayload}.${jwtSignature}`],
  ["a newline at the end", "LICENCE_TOKEN_FORMAT", `${jwt}\n`],
  [
    "a header whose unused bits are set",
    "LICENCE_TOKEN_FORMAT",
    `${loose(part('{"alg":"RS256" }'))}.${jwtPayload}.${jwtSignature}`,
  ],
  ["a Bearer prefix", "LICENCE_TOKEN_FORMAT", `Bearer ${jwt}`],
  ["over eight kilobytes", "LICENCE_TOKEN_TOO_LARGE", jwtWith({ pkg: "x".repeat(8000) })],
  // JWT: key and signature
  ["a stranger's signature", "LICENCE_TOKEN_SIGNATURE", stranger.jwt()],
  ["a kid that is another key's fingerprint", "LICENCE_TOKEN_KEY", headed({ alg: "RS256", kid: stranger.rsa.sha256 })],
  ["an Ed25519 key's fingerprint as kid", "LICENCE_TOKEN_KEY", headed({ alg: "RS256", kid: ed25519.sha256 })],
  ["no signature", "LICENCE_TOKEN_FORMAT", `${jwtHeader}.${jwtPayload}.`],
  ["a short signature", "LICENCE_TOKEN_SIGNATURE", `${jwtHeader}.${jwtPayload}.${jwtSignature.slice(0, 40)}`],
  [
    "another token's payload",
    "LICENCE_TOKEN_SIGNATURE",
    `${jwtHeader}.${jwtWith({ tier: 1e6 }).split(".")[1]}.${jwtSignature}`,
  ],
  // JWT: signed, but not what the page says
  [
    "claims named twice",
    "LICENCE_TOKEN_CLAIMS",
    signedText(JSON.stringify(jwtClaims).replace("{", '{"tier":1000000,')),
  ],
  ["claims that are a list", "LICENCE_TOKEN_CLAIMS", vendor.jwt([jwtClaims])],
  ["claims in a list in a list", "LICENCE_TOKEN_CLAIMS", jwtWith({ pkg: [["scanner"]] })],
  ["claims that are not JSON", "LICENCE_TOKEN_CLAIMS", signedText("tier=1000000")],
  ["claims after claims", "LICENCE_TOKEN_CLAIMS", signedText(`${JSON.stringify(jwtClaims)}{}`)],
  ["expiry at issue", "LICENCE_TOKEN_CLAIMS", jwtWith({ exp: jwtClaims.iat })],
  ["expiry before issue", "LICENCE_TOKEN_CLAIMS", jwtWith({ exp: jwtClaims.iat - 1 })],
  ["no expiry", "LICENCE_TOKEN_CLAIMS", jwtWith({ exp: undefined })],
  ["expiry as text", "LICENCE_TOKEN_CLAIMS", jwtWith({ exp: "1788048000" })],
  ["expiry beyond all years", "LICENCE_TOKEN_CLAIMS", jwtWith({ exp: 1e300 })],
  ["a fraction of a second", "LICENCE_TOKEN_CLAIMS", jwtWith({ iat: jwtClaims.iat + 0.5 })],
  ["a not-before that we would not heed", "LICENCE_TOKEN_CLAIMS", jwtWith({ nbf: 2_000_000_000 })],
  ["an audience that we would not heed", "LICENCE_TOKEN_CLAIMS", jwtWith({ aud: "another" })],
  ["a negative tier", "LICENCE_TOKEN_CLAIMS", jwtWith({ tier: -1 })],
  ["a tier as text", "LICENCE_TOKEN_CLAIMS", jwtWith({ tier: "unlimited" })],
  ["a short tid", "LICENCE_TOKEN_CLAIMS", jwtWith({ tid: "5f".repeat(31) })],
  ["an upper-case tid", "LICENCE_TOKEN_CLAIMS", jwtWith({ tid: "5F".repeat(32) })],
  ["no subject", "LICENCE_TOKEN_CLAIMS", jwtWith({ sub: "" })],
  ["more than a year offline", "LICENCE_TOKEN_CLAIMS", jwtWith({ max_offline_days: 366 })],
];

describe("hostile tokens", () => {
  it("are at least sixty", () => expect(hostile.length).toBeGreaterThanOrEqual(60));

  it.each(hostile)("%s: %s", async (_, code, text) => {
    await expect(verifyToken(text, keys)).rejects.toThrow(refusal(code));
  });

  it("find no key to be verified with where the station knows none", async () => {
    await expect(verifyToken(token, [])).rejects.toThrow(refusal("LICENCE_TOKEN_KEY"));
    await expect(verifyToken(jwt, [ed25519])).rejects.toThrow(refusal("LICENCE_TOKEN_KEY"));
    await expect(verifyToken(token, [rsa])).rejects.toThrow(refusal("LICENCE_TOKEN_KEY"));
  });

  it("put nothing of theirs into the refusal", async () => {
    const secret = claims({ customer_name: "s3cret\u202e" });
    const error: unknown = await verifyToken(secret, keys).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/s3cret|LS1\./);
  });
});

describe("a vendor key", () => {
  const { privateKey: p256 } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { privateKey: weak } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const { privateKey: small } = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
  const { privateKey: pss } = generateKeyPairSync("rsa-pss", { modulusLength: 2048, hashAlgorithm: "sha256" });
  const { privateKey: x25519 } = generateKeyPairSync("x25519");
  const { pems } = vendor;
  it.each([
    ["a private key", vendor.rsaPrivate.export({ format: "pem", type: "pkcs8" }).toString()],
    ["another curve", publicPem(p256)],
    ["RSA of 1024 bits", publicPem(weak)],
    ["RSA with the exponent 3", publicPem(small)],
    ["RSA for PSS only", publicPem(pss)],
    ["a key for agreement", publicPem(x25519)],
    ["CR LF", pems.rsa.replaceAll("\n", "\r\n")],
    ["text before", `vendor\n${pems.ed25519}`],
    ["two keys", pems.ed25519 + pems.rsa],
    ["no final newline", pems.ed25519.trimEnd()],
    ["nothing", ""],
    ["five kilobytes", "A".repeat(5000)],
  ])("is not %s", (_, pem) => {
    expect(() => parseVendorKey(Buffer.from(pem), false)).toThrow(refusal("VENDOR_KEY_INVALID"));
  });

  it("that is added lives in the ledger's entry, and counts only while none came with the program", () => {
    const entry = vendorKeyEntry(Buffer.from(pems.rsa), [], "M. Okafor");
    expect(entry).toMatchObject({ type: "vendor-key.added", kind: "rsa", sha256: rsa.sha256, operator: "M. Okafor" });
    const added = entry === null ? [] : [entry];
    expect(knownVendorKeys([], added).map(({ sha256, bundled }) => [sha256, bundled])).toEqual([[rsa.sha256, false]]);
    expect(vendorKeyEntry(Buffer.from(pems.rsa), knownVendorKeys([], added), null)).toBeNull();
    const bundled = [parseVendorKey(Buffer.from(pems.ed25519), true)];
    expect(knownVendorKeys(bundled, added)).toEqual(bundled);
    expect(() => vendorKeyEntry(Buffer.from(pems.rsa), bundled, null)).toThrow(refusal("VENDOR_KEY_REFUSED"));
  });
});

it("a signature over another message of the same key is no token", async () => {
  // What a vendor's key signs elsewhere never begins with our line, so the bytes of a token alone are not enough.
  const own = generateKeyPairSync("ed25519").privateKey;
  const known = parseVendorKey(Buffer.from(publicPem(own)), false);
  const signed = `LS1.licence.${known.sha256}.${payload}`;
  const bare = `${signed}.${sign(null, Buffer.from(signed), own).toString("base64url")}`;
  await expect(verifyToken(bare, [known])).rejects.toThrow(refusal("LICENCE_TOKEN_SIGNATURE"));
});
