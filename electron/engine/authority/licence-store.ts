import { join } from "node:path";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import { canonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import { fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import { replaceOwnFile } from "../platform/durable-file.ts";
import { readRegularFile } from "./watched-file.ts";

/** Where the licence lies: the token sealed among the station's secrets, what it claims in the open beside it (AUTHORITY.md). */

export type LicenceSource = BodyOf<"licence.activated">["source"];

/** The sealed store of the key ring. */
export interface SealedStore {
  put(name: string, value: string): void;
  get(name: string): string | null;
  delete(name: string): void;
}

const recordSchema = z.strictObject({
  v: z.literal(1),
  /** `installing` until the ledger has the entry: what a crash between leaves is completed, not suspected. */
  state: z.enum(["installing", "installed"]),
  source: z.enum(["pasted", "file", "environment", "issuer"]),
  token: z.string().min(1).max(8192),
});
export type StoredLicence = Readonly<z.infer<typeof recordSchema>>;

export interface LicenceStore {
  /** @throws StationError KEYS_UNREADABLE for a record this program did not write */
  token(): StoredLicence | null;
  putToken(record: StoredLicence): void;
  deleteToken(): void;
  /** The stored claims as they lie there; null: no file that could be them. */
  claims(): Uint8Array | null;
  putClaims(licence: StationLicence): void;
  watchedFile(): string | null;
  watch(path: string | null): void;
}

export function openLicenceStore(home: string, secrets: SealedStore): LicenceStore {
  const path = join(home, claimsFileName);
  return {
    token: () => {
      const text = secrets.get(tokenName);
      if (text === null) return null;
      const record = recordSchema.safeParse(parseCanonicalJson(text)?.value);
      if (record.success) return record.data;
      throw new StationError(
        "KEYS_UNREADABLE",
        "The stored licence is not one this version wrote. Remove secrets.json or restore it from a backup.",
      );
    },
    putToken: (record) => secrets.put(tokenName, canonicalJson(record)),
    deleteToken: () => secrets.delete(tokenName),
    claims: () => {
      const file = readRegularFile(path, maxClaimsBytes);
      return file instanceof Uint8Array ? file : null;
    },
    putClaims: (licence) => replaceOwnFile(path, storedClaims(licence)),
    watchedFile: () => secrets.get(watchName),
    watch: (file) => (file === null ? secrets.delete(watchName) : secrets.put(watchName, file)),
  };
}

/** What lies beside the token for people and programs to read: every signed claim, one encoding. */
function storedClaims(licence: StationLicence): Uint8Array {
  return utf8(`${canonicalJson({ v: 1, ...claimsOf(licence) })}\n`);
}

/** Claims as the ledger keeps them. */
export function claimsOf(licence: StationLicence) {
  return {
    licence_id: licence.id,
    token_sha256: licence.tokenSha256,
    vendor_key_sha256: licence.keySha256,
    form: licence.form,
    customer: licence.customer.name,
    tier: licence.tier,
    issued_at: instant(licence.issuedAt),
    expires_at: instant(licence.expiresAt),
    grace_days: licence.graceDays,
    read_only_days: licence.readOnlyDays,
    max_offline_days: licence.maxOfflineDays,
    max_devices: licence.maxDevices,
    daily_quota: licence.dailyQuota,
    burst_count: licence.burst?.count ?? null,
    burst_seconds: licence.burst?.seconds ?? null,
    station: licence.station,
  };
}

/** First members in which stored claims differ from the signed ones, for people; null when they are the same bytes. */
export function differenceOf(stored: Uint8Array | null, licence: StationLicence): string | null {
  const right = storedClaims(licence);
  if (stored === null) return "The file with the stored claims is missing or not a file.";
  if (Buffer.from(stored).equals(right)) return null;
  const found: unknown = parseCanonicalJson(fromUtf8(stored)?.replace(/\n$/, "") ?? "")?.value;
  if (typeof found !== "object" || found === null) return "The stored claims are not in their form.";
  const claims: Readonly<Record<string, unknown>> = { v: 1, ...claimsOf(licence) };
  const names = [...new Set([...Object.keys(claims), ...Object.keys(found)])].filter(
    (name) => (found as Record<string, unknown>)[name] !== claims[name],
  );
  return `The stored claims differ from the signed ones: ${names.slice(0, 8).join(", ").slice(0, 200)}.`;
}

const claimsFileName = "licence.json";
const tokenName = "station-licence";
const watchName = "station-licence-file";
const maxClaimsBytes = 65_536;

function instant(at: Date): string {
  return at.toISOString().replace(".000Z", "Z");
}
