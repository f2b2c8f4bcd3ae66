import type { Failure } from "#shared/domain/errors.ts";
import { StationError } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";

/** A licence key and the two things that may be told of it (FORMATS section 2). */
export interface PooledLicense {
  /** A secret. */
  readonly key: string;
  readonly sha256: string;
  readonly last4: string;
}

// Each costs a call for each device that ends without a seat.
const mostFullKeysAsked = 8;

/** The keys of one batch, drawn down in order; a key that can give nothing more is passed over from then on. */
export interface LicensePool {
  readonly all: readonly PooledLicense[];
  /**
   * The key to try for a device, or why there is none.
   * @param own hash of the key that its request or an earlier activation names; a device that holds a seat keeps its
   *   key even when no other device can have a seat under it any more
   * @param refused hashes already tried for this device
   */
  choose(own: string | null, refused: ReadonlySet<string>): PooledLicense | Failure;
  bySha256(sha256: string): PooledLicense | null;
  /** Nothing more can be had under this key. */
  exhaust(sha256: string, why: Failure): void;
}

/** @param pool keys any device may use, in order; @param own keys that only the devices naming them may use */
export function createLicensePool(pool: readonly PooledLicense[], own: readonly PooledLicense[]): LicensePool {
  const all = new Map([...pool, ...own].map((license) => [license.sha256, license]));
  const exhausted = new Map<string, Failure>();
  const pooled = new Set(pool.map(({ sha256 }) => sha256));
  return {
    all: [...all.values()],
    bySha256: (sha256) => all.get(sha256) ?? null,
    exhaust: (sha256, why) => void exhausted.set(sha256, why),
    choose(ownSha256, refused) {
      const bound = ownSha256 === null ? undefined : all.get(ownSha256);
      const why = bound === undefined ? undefined : exhausted.get(bound.sha256);
      if (
        bound !== undefined &&
        !refused.has(bound.sha256) &&
        (why === undefined || why.code === "SEAT_LIMIT_EXCEEDED")
      )
        return bound;
      if (bound !== undefined && !pooled.has(bound.sha256)) return why ?? missing;
      const free = pool.find(({ sha256 }) => !exhausted.has(sha256)) ?? fullKeyToAsk(refused);
      if (free !== undefined) return free;
      const only = pool.length === 1 ? exhausted.get(pool[0]?.sha256 ?? "") : undefined;
      return only ?? (pool.length === 0 ? missing : empty);
    },
  };

  /** A device may hold a seat of which this station knows nothing; then the server gives it back, however full the licence is. */
  function fullKeyToAsk(refused: ReadonlySet<string>): PooledLicense | undefined {
    if (refused.size >= mostFullKeysAsked) return undefined;
    return pool.find(({ sha256 }) => !refused.has(sha256) && exhausted.get(sha256)?.code === "SEAT_LIMIT_EXCEEDED");
  }
}

/** @throws StationError LICENSE_KEY_INVALID: a key is 1 to 255 bytes without control characters or blanks around it. */
export function pooledLicense(key: string): PooledLicense {
  const bytes = utf8(key);
  if (bytes.length < 1 || bytes.length > 255 || key.trim() !== key || /[\u0000-\u001f\u007f]/.test(key)) {
    throw new StationError(
      "LICENSE_KEY_INVALID",
      "A licence key must be 1 to 255 bytes, without blanks around it or control characters.",
    );
  }
  // A short key's last four characters would be most of it.
  return { key, sha256: sha256Hex(bytes), last4: key.length >= 12 ? key.slice(-4) : "" };
}

const missing: Failure = {
  code: "LICENSE_KEY_MISSING",
  message: "No licence key was given for this device. Name one for the batch, or add a license_key column to the list.",
};
const empty: Failure = {
  code: "POOL_EMPTY",
  message: "No licence key of the pool has a free seat. Add a key, or free seats, and provision the stick again.",
};
