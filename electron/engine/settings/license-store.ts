import { join } from "node:path";
import { z } from "zod";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { isLicenseKey, isProductSlug } from "#shared/domain/identifiers.ts";
import { licenseView } from "#shared/ipc/job-contract.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { SecretStore } from "../keys/index.ts";
import { openDocument } from "./document.ts";

const record = licenseView.extend({ sha256: z.string().length(64) });

/** A licence as it may be told: the key itself is in the key ring alone. */
export type LicenseRecord = Readonly<z.infer<typeof record>>;

/** What the server last said of it. */
export type LicenseNews = Pick<LicenseRecord, "state" | "seatLimit" | "activeSeats" | "expiresAt" | "checkedAt">;

export interface LicenseStore {
  /** In the order in which they were added, which is the order in which a pool is drawn down. */
  list(): readonly LicenseRecord[];
  /** @throws StationError LICENSE_KEY_INVALID, USAGE */
  add(license: {
    readonly label: string;
    readonly product: string;
    readonly pool: string;
    readonly key: string;
  }): LicenseRecord;
  /** One that is not there is not an error. */
  remove(id: string): void;
  note(sha256: string, news: LicenseNews): void;
  /** The secret itself, for the engine only. @throws StationError USAGE, SECRET_MISSING */
  keyOf(id: string): string;
  /** Keys of one product's pool. @throws StationError SECRET_MISSING */
  keysOf(product: string, pool: string): readonly string[];
}

export function openLicenses(home: string, secrets: SecretStore): LicenseStore {
  const document = openDocument<readonly LicenseRecord[]>(join(home, "licenses.json"), z.array(record).max(2000), []);
  const list = () => document.get();

  const keyOf = (id: string): string => {
    const key = secrets.get(nameOf(id));
    if (key !== null) return key;
    if (!list().some((one) => one.id === id))
      throw new StationError("USAGE", "That licence is not in the list any more. Look again.");
    throw new StationError(
      "SECRET_MISSING",
      "The licence key is not in the station's key store. Remove the licence and add it again.",
    );
  };

  return {
    list,
    add: ({ label, product, pool, key }) => {
      if (!isLicenseKey(key)) {
        throw new StationError(
          "LICENSE_KEY_INVALID",
          "A licence key has 1 to 255 bytes, no control characters, and no blanks around it.",
        );
      }
      if (!isProductSlug(product)) {
        throw new StationError(
          "USAGE",
          "A product's name is its slug: lower-case letters, digits and single dashes, at most 100.",
          { details: { place: "product" } },
        );
      }
      const sha256 = sha256Hex(utf8(key));
      if (list().some((one) => one.sha256 === sha256 && one.product === product)) {
        throw new StationError("USAGE", "This licence key is in the list already.", { details: { place: "secret" } });
      }
      const added: LicenseRecord = {
        id: `license-${sha256.slice(0, 16)}-${product}`.slice(0, 128),
        label,
        product,
        last4: key.length >= longEnoughForLast4 ? key.slice(-4) : "",
        pool,
        ...unknownNews,
        sha256,
      };
      // The secret first: a licence that is listed can be used.
      secrets.put(nameOf(added.id), key);
      document.set([...list(), added]);
      return added;
    },
    remove: (id) => {
      document.set(list().filter((one) => one.id !== id));
      secrets.delete(nameOf(id));
    },
    note: (sha256, news) => {
      if (!list().some((one) => one.sha256 === sha256)) return;
      document.set(list().map((one) => (one.sha256 === sha256 ? { ...one, ...news } : one)));
    },
    keyOf,
    keysOf: (product, pool) =>
      list()
        .filter((one) => one.product === product && one.pool === pool)
        .map(({ id }) => keyOf(id)),
  };
}

/** As the window may see it: without the hash, which would let a short key be guessed. */
export function toLicenseView(record: LicenseRecord): z.infer<typeof licenseView> {
  const { id, label, product, last4, pool, state, seatLimit, activeSeats, expiresAt, checkedAt } = record;
  return { id, label, product, last4, pool, state, seatLimit, activeSeats, expiresAt, checkedAt };
}

/** A short key's last four characters would be most of it. */
const longEnoughForLast4 = 12;

const unknownNews: LicenseNews = {
  state: "unknown",
  seatLimit: null,
  activeSeats: null,
  expiresAt: null,
  checkedAt: null,
};

function nameOf(id: string): string {
  return `license/${id}`;
}
