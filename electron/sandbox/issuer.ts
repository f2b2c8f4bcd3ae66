import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { Entropy } from "./entropy.ts";
import { deriveRsaKey } from "./issuer-rsa.ts";

/** The two rehearsal issuers of station licences. Written from the format pages, sharing no code with their readers. */
export interface Issuer {
  /** SPKI in PEM and its SHA-256. */
  keys(): readonly { readonly kind: "ed25519" | "rsa"; readonly pem: string; readonly sha256: string }[];
  /** Sixty days for an address; the same token until it nears its end. @param now Unix seconds */
  register(email: string, now: number): string;
  /** A fresh licence in the Ed25519 form. */
  licence(customer: string, now: number): string;
  /** The address a JWT was issued for here, or the customer of an Ed25519 token signed here; null for any other text. */
  holder(token: string): { readonly form: "jwt" | "ed25519"; readonly name: string } | null;
  /** Says that the nonce was answered now, in the form of the token. */
  contact(token: string, nonce: string, now: number): string;
  /** SHA-256 of addresses, hex; what a service may keep of them. */
  registered(): readonly string[];
}

const daySeconds = 86_400;
const termDays = 60;
const renewDays = 7;

export function createIssuer(entropy: Entropy): Issuer {
  // Made at first use: finding primes takes longer than the rest of the start.
  let rsa: KeyPair | null = null;
  const rsaKey = () => (rsa ??= keyPair("rsa", deriveRsaKey(entropy, "issuer rsa")));
  const own = keyPair("ed25519", ed25519From(entropy.derive("issuer ed25519", 32)));
  const byAddress = new Map<string, { readonly token: string; readonly expiresAt: number }>();

  const jwt = (typ: string, claims: object): string => {
    const { sha256, key } = rsaKey();
    const signed = [{ alg: "RS256", kid: sha256, typ }, claims].map((part) => encoded(JSON.stringify(part))).join(".");
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  };
  const stationToken = (purpose: string, claims: Parameters<typeof canonicalJson>[0]): string => {
    const signed = `LS1.${purpose}.${own.sha256}.${encoded(canonicalJson(claims))}`;
    return `${signed}.${sign(null, Buffer.from(`licence-station token\n${signed}`), own.key).toString("base64url")}`;
  };
  const holder: Issuer["holder"] = (token) => {
    const parts = token.split(".");
    if (parts.length === 3) {
      const [head = "", claims = "", signature = ""] = parts;
      const public_ = createPublicKey(rsaKey().key);
      if (!verifies("sha256", `${head}.${claims}`, public_, signature)) return null;
      return { form: "jwt", name: String(decoded(claims)["sub"]) };
    }
    const dot = token.lastIndexOf(".");
    if (parts.length !== 5 || parts[1] !== "licence" || parts[2] !== own.sha256) return null;
    const message = `licence-station token\n${token.slice(0, dot)}`;
    if (!verifies(null, message, createPublicKey(own.key), token.slice(dot + 1))) return null;
    return { form: "ed25519", name: String(decoded(parts[3] ?? "")["customer_name"]) };
  };

  return {
    keys: () => [own, rsaKey()].map(({ kind, pem, sha256 }) => ({ kind, pem, sha256 })),
    register: (email, now) => {
      const address = sha256Hex(email.trim().toLowerCase());
      const known = byAddress.get(address);
      if (known !== undefined && known.expiresAt - now > renewDays * daySeconds) return known.token;
      const expiresAt = now + termDays * daySeconds;
      const tid = Buffer.from(entropy.once(`issuer tid ${address} ${now}`, 32)).toString("hex");
      const claims = { sub: address, iat: now, exp: expiresAt, tier: 333, tid, pkg: "rehearsal-station" };
      const token = jwt("JWT", claims);
      byAddress.set(address, { token, expiresAt });
      return token;
    },
    licence: (customer, now) =>
      stationToken("licence", {
        burst: null,
        customer_email: null,
        customer_name: customer,
        daily_quota: 1000,
        expires_at: instant(now + termDays * daySeconds),
        grace_period_days: 14,
        issued_at: instant(now),
        licence_id: `rehearsal-${Buffer.from(entropy.once(`issuer licence ${customer} ${now}`, 8)).toString("hex")}`,
        max_devices: null,
        max_offline_days: 30,
        max_packages: null,
        read_only_period_days: 30,
        tier: "rehearsal",
      }),
    holder,
    contact: (token, nonce, now) => {
      if (holder(token)?.form !== "jwt")
        return stationToken("contact", { at: instant(now), nonce, token_sha256: sha256Hex(token) });
      const tid = String(decoded(token.split(".")[1] ?? "")["tid"]);
      return jwt("licence-contact+jwt", { iat: now, nonce, tid });
    },
    registered: () => [...byAddress.keys()],
  };
}

interface KeyPair {
  readonly kind: "ed25519" | "rsa";
  readonly key: KeyObject;
  readonly pem: string;
  readonly sha256: string;
}

function keyPair(kind: KeyPair["kind"], key: KeyObject): KeyPair {
  const open = createPublicKey(key);
  const pem = open.export({ format: "pem", type: "spki" }).toString();
  return { kind, key, pem, sha256: sha256Hex(open.export({ format: "der", type: "spki" })) };
}

function ed25519From(seed: Uint8Array): KeyObject {
  // PKCS #8 around a bare Ed25519 private key (RFC 8410, section 7).
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64url");
}

/** Of a payload whose signature was verified: it is one of ours. */
function decoded(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
}

function verifies(hash: "sha256" | null, message: string, key: KeyObject, signature: string): boolean {
  return verify(hash, Buffer.from(message), key, Buffer.from(signature, "base64url"));
}

function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
