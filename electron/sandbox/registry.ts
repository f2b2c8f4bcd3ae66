import type { JsonObject } from "#shared/formats/strict-json.ts";
import type { License, Product, SandboxConfig } from "./config.ts";

/** One device's seat, or the memory of one that was given back. Instants are Unix seconds. */
export interface Seat {
  readonly activationId: string;
  readonly licenseKey: string;
  readonly fingerprint: string;
  readonly deviceName: string | null;
  readonly metadata: JsonObject | null;
  readonly activatedAt: number;
  readonly deactivatedAt: number | null;
  /** How many times this device had taken a seat of this licence before. */
  readonly turn: number;
}

/** What control may change about a licence. */
type LicenseChange = Partial<Pick<License, "status" | "seat_limit" | "starts_at" | "expires_at">>;

export interface SavedRegistry {
  readonly changes: Readonly<Record<string, LicenseChange>>;
  readonly seats: readonly Seat[];
}

/** Products, licences and seats in memory. Every method is one synchronous step, so seats cannot be oversold. */
export interface Registry {
  product(slug: string): Product | null;
  license(key: string): License | null;
  /** The licence must exist. */
  change(key: string, change: LicenseChange): void;
  activeSeats(key: string): number;
  /** The newest record of this device, given back or not. */
  seat(key: string, fingerprint: string): Seat | null;
  /** The device of the only active seat; null when there is none or more than one. */
  onlySeat(key: string): Seat | null;
  put(seat: Seat): void;
  /** Active seats in the order they were taken. */
  activations(): readonly Seat[];
  reset(): void;
  saved(): SavedRegistry;
  restore(saved: SavedRegistry): void;
}

export function createRegistry(config: SandboxConfig): Registry {
  const products = new Map(config.products.map((product) => [product.slug, product]));
  const licenses = new Map<string, License>();
  const changes = new Map<string, LicenseChange>();
  // In the order taken: a record that is replaced moves to the end.
  const seats = new Map<string, Seat>();
  const active = new Map<string, Map<string, Seat>>();

  const reset = () => {
    for (const license of config.licenses) licenses.set(license.key, license);
    changes.clear();
    seats.clear();
    active.clear();
  };
  const activeOf = (key: string) => {
    const known = active.get(key) ?? new Map<string, Seat>();
    active.set(key, known);
    return known;
  };
  const change = (key: string, wanted: LicenseChange) => {
    const license = licenses.get(key);
    if (license === undefined) return;
    licenses.set(key, { ...license, ...wanted });
    changes.set(key, { ...changes.get(key), ...wanted });
  };
  const put = (seat: Seat) => {
    const place = placeOf(seat.licenseKey, seat.fingerprint);
    const ofLicense = activeOf(seat.licenseKey);
    if (seat.deactivatedAt === null) {
      seats.delete(place);
      ofLicense.set(seat.fingerprint, seat);
    } else {
      ofLicense.delete(seat.fingerprint);
    }
    seats.set(place, seat);
  };
  reset();
  return {
    product: (slug) => products.get(slug) ?? null,
    license: (key) => licenses.get(key) ?? null,
    change,
    activeSeats: (key) => activeOf(key).size,
    seat: (key, fingerprint) => seats.get(placeOf(key, fingerprint)) ?? null,
    onlySeat: (key) => {
      const ofLicense = activeOf(key);
      return ofLicense.size === 1 ? ([...ofLicense.values()][0] ?? null) : null;
    },
    put,
    activations: () => [...seats.values()].filter(({ deactivatedAt }) => deactivatedAt === null),
    reset,
    saved: () => ({ changes: Object.fromEntries(changes), seats: [...seats.values()] }),
    restore: (saved) => {
      reset();
      for (const [key, wanted] of Object.entries(saved.changes)) change(key, wanted);
      for (const seat of saved.seats) put(seat);
    },
  };
}

// Neither part can hold a NUL, so no two places are the same text.
function placeOf(licenseKey: string, fingerprint: string): string {
  return `${licenseKey}\0${fingerprint}`;
}
