import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import type { AuthorityParts } from "./authority-parts.ts";
import { lastContact, licenceInForce } from "./licence-log.ts";
import { claimsOf, type LicenceSource } from "./licence-store.ts";
import { type ExpiredPolicy, type LifeCycle, lifeCycle } from "./life-cycle.ts";
import type { TamperWatch } from "./tamper-watch.ts";
import { verifyToken } from "./verify-token.ts";

const contactEveryMs = 5000;

/** The licence in force: in the store and in the ledger at once, whatever a crash leaves of it, and where it stands. */
export class InstalledLicence {
  readonly #parts: AuthorityParts;
  readonly #tampering: TamperWatch;
  readonly #expired: () => ExpiredPolicy;
  #licence: StationLicence | null = null;
  #problem: Failure | null = null;
  #contactAt: Date | null = null;
  #contactLookedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: AuthorityParts, tampering: TamperWatch, expired: () => ExpiredPolicy) {
    this.#parts = parts;
    this.#tampering = tampering;
    this.#expired = expired;
  }

  get licence(): StationLicence | null {
    return this.#licence;
  }
  /** Whether there is none because the one that is stored or offered is not good. */
  get isUnverified(): boolean {
    return this.#licence === null && this.#problem !== null;
  }

  /** Takes up what the store holds, and completes what a crash cut off. */
  async open(): Promise<void> {
    const { store, ledger, readOnly } = this.#parts;
    const record = store.token();
    if (record === null || (readOnly() !== null && record.state === "installing")) return;
    const inForce = licenceInForce(ledger);
    if (record.state === "installed" && inForce === null) {
      // The ledger's removal is durable, the store's was cut off.
      if (readOnly() === null) store.deleteToken();
      return;
    }
    let licence: StationLicence;
    try {
      licence = await this.#verified(record.token);
    } catch (error) {
      this.#problem = toFailure(error);
      return;
    }
    if (record.state === "installing") this.#enact(licence, record.token, record.source);
    else this.#adopt(licence);
  }

  now(): Date {
    const clock = this.#parts.clock.now();
    const mark = new Date(this.#parts.ledger.lastAt);
    return clock < mark ? mark : clock;
  }

  lastContactAt(): Date | null {
    if (this.#licence === null) return null;
    const nowMs = this.#parts.clock.monotonicMs();
    // Looking back through batches is not for every snapshot of a busy window.
    if (nowMs - this.#contactLookedMs >= contactEveryMs) {
      this.#contactLookedMs = nowMs;
      this.#contactAt = lastContact(this.#parts.ledger, this.#licence.tokenSha256);
    }
    return this.#contactAt;
  }

  standing(): LifeCycle {
    const facts = {
      licence: this.#licence,
      problem: this.#problem,
      now: this.now(),
      lastContactAt: this.#contactAt,
      expired: this.#expired(),
      tampered: this.#tampering.events.length > 0,
    };
    const quick = lifeCycle(facts);
    // Looking through batches for a newer contact is worth it only when the known one does not do.
    if (quick.refusal?.code !== "LICENCE_OFFLINE_TOO_LONG") return quick;
    return lifeCycle({ ...facts, lastContactAt: this.lastContactAt() });
  }

  async install(token: string, source: LicenceSource): Promise<void> {
    const licence = await this.#verified(token, this.now());
    if (licence.tokenSha256 === this.#licence?.tokenSha256) return;
    this.#tampering.refuse();
    this.#enact(licence, token, source);
  }

  /** One that was offered is not good; what is in force stays so. */
  noteRefused(failure: Failure): void {
    if (this.#licence === null) this.#problem = failure;
  }

  noteContact(reachedAt: Date): void {
    if (this.#licence === null) return;
    const { id, tokenSha256 } = this.#licence;
    const reached_at = reachedAt.toISOString();
    this.#parts.ledger.append([{ type: "licence.contact", licence_id: id, token_sha256: tokenSha256, reached_at }]);
    this.#lookAgain();
  }

  remove(): void {
    const { ledger } = this.#parts;
    this.#tampering.refuse();
    const { state } = this.standing();
    if (state === "read-only" || state === "locked-out") {
      throw new StationError(
        "LICENCE_KEPT",
        "A licence past its grace period can only be replaced: without it the station could do more than with it. Add a new licence.",
      );
    }
    const inForce = licenceInForce(ledger);
    if (inForce !== null) ledger.append([removalOf(inForce)]);
    this.drop();
    this.#problem = null;
  }

  /** The removal of what the ledger says is in force, when it is not what is here; null: they agree. */
  removalIfLost(): BodyOf<"licence.removed"> | null {
    const inForce = licenceInForce(this.#parts.ledger);
    const isLost = inForce !== null && this.#licence?.tokenSha256 !== inForce.token_sha256;
    return isLost ? removalOf(inForce) : null;
  }

  /** Once the ledger has the removal. */
  drop(): void {
    this.#parts.store.deleteToken();
    this.#licence = null;
  }

  /** Writes the stored claims anew, from the signed ones. */
  restoreClaims(): void {
    if (this.#licence !== null) this.#parts.store.putClaims(this.#licence);
  }

  /** Store, claims, ledger, store: whatever a crash leaves of it, opening completes. */
  #enact(licence: StationLicence, token: string, source: LicenceSource): void {
    const { store, ledger, readOnly } = this.#parts;
    const refusal = readOnly();
    if (refusal !== null) throw new StationError(refusal.code, refusal.message);
    store.putToken({ v: 1, state: "installing", source, token });
    store.putClaims(licence);
    if (licenceInForce(ledger)?.token_sha256 !== licence.tokenSha256) {
      ledger.append([{ type: "licence.activated", source, ...claimsOf(licence) }]);
    }
    store.putToken({ v: 1, state: "installed", source, token });
    this.#adopt(licence);
  }

  #adopt(licence: StationLicence): void {
    this.#licence = licence;
    this.#problem = null;
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#contactLookedMs = Number.NEGATIVE_INFINITY;
    this.lastContactAt();
  }

  async #verified(token: string, now: Date | null = null): Promise<StationLicence> {
    const licence = await verifyToken(token, this.#parts.vendorKeys(), now);
    if (licence.station === null || this.#parts.stationKeys().includes(licence.station)) return licence;
    throw new StationError(
      "LICENCE_OTHER_STATION",
      "The licence is bound to another station's key. Ask the vendor for one bound to this station.",
    );
  }
}

function removalOf({ licence_id, token_sha256 }: BodyOf<"licence.activated">): BodyOf<"licence.removed"> {
  return { type: "licence.removed", licence_id, token_sha256 };
}
