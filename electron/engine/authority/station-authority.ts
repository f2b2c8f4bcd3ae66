import { sha256Hex } from "#shared/crypto/sha256.ts";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { BodyOf, LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { maxTokenBytes } from "#shared/formats/station-token.ts";
import type { Clock } from "../platform/clock.ts";
import {
  expiredPolicy,
  forgivenWitnesses,
  lastContact,
  type LedgerFace,
  licenceInForce,
  openTampering,
  type TamperEvent,
  type TamperKind,
} from "./licence-log.ts";
import { claimsOf, differenceOf, type LicenceSource, type LicenceStore } from "./licence-store.ts";
import { type ExpiredPolicy, type LifeCycle, lifeCycle } from "./life-cycle.ts";
import type { VendorKey } from "./vendor-key.ts";
import { tokenText, verifyRecoveryToken, verifyToken } from "./verify-token.ts";
import { readRegularFile, watchFile } from "./watched-file.ts";

export interface AuthorityParts {
  readonly store: LicenceStore;
  readonly ledger: LedgerFace;
  readonly clock: Clock;
  /** Keys that are believed now. */
  readonly vendorKeys: () => readonly VendorKey[];
  /** SHA-256 of the SPKI bytes of this station's ledger keys, of which the first may be years old. */
  readonly stationKeys: () => readonly string[];
  /** STATION_LICENCE as it was at the start. */
  readonly environment: string | null;
  /** Why nothing is recorded or taken into force, only looked at: the ledger does not verify. Null when it does. */
  readonly readOnly: () => Failure | null;
}

/** The station's own licence: which one is in force, where it stands, and what was seen that should not be. */
export interface StationAuthority {
  readonly licence: StationLicence | null;
  readonly source: LicenceSource | null;
  readonly watchedFile: string | null;
  /** Why the watched file or the environment's token was not taken, while an earlier licence stays in force. */
  readonly supplyProblem: Failure | null;
  readonly expired: ExpiredPolicy;
  readonly tampering: readonly TamperEvent[];
  /** Checkpoints that a recovery has answered. */
  readonly forgiven: ReadonlySet<string>;
  /** The clock's time, or the last entry's while the clock is behind it. */
  now(): Date;
  lastContactAt(): Date | null;
  standing(): LifeCycle;
  /** Looks whether anything was changed that only the station changes; what is found is in the ledger on return. */
  inspect(): void;
  /** @throws StationError LICENCE_TOKEN_*, LICENCE_OTHER_STATION, STATION_TAMPERED; then nothing was changed */
  install(token: string, source: LicenceSource): Promise<void>;
  /** The issuer proved, by its own clock, that it answered just now. */
  noteContact(reachedAt: Date): void;
  /** @throws StationError LICENCE_KEPT, STATION_TAMPERED */
  remove(): void;
  /** Takes the token in the file now, and whenever it changes; null: no longer. @throws StationError as install does */
  watch(path: string | null): Promise<void>;
  /** Follows whichever file is watched until the signal; for programs that stay. */
  follow(signal: AbortSignal, changed: () => void): void;
  setExpired(policy: ExpiredPolicy): void;
  /**
   * The way back from what was seen.
   * @param seal what is appended, once the token is found good: the entries, and what stands for them
   * @throws StationError LICENCE_RECOVERY_REFUSED, LICENCE_TOKEN_*, and what `seal` throws; then nothing was changed
   */
  recover(token: string, seal?: Seal): void;
  /** A stick's checkpoint says that the ledger was rewound. */
  witnessed(checkpoint: string, detail: string): void;
  /** The token in force, to ask an issuer for a fresh one. A secret. */
  token(): string | null;
}

type Seal = (bodies: readonly LedgerEntryBody[]) => readonly LedgerEntryBody[];

/** Finds out what is in force, completes what a crash cut off, and looks for tampering. */
export async function openAuthority(parts: AuthorityParts): Promise<StationAuthority> {
  const authority = new Authority(parts);
  await authority.open();
  return authority;
}

/** Puts what an issuer sent into force, with its proof that it was reached. @throws StationError as {@link StationAuthority.install} */
export async function takeFetched(
  authority: StationAuthority,
  { token, contactAt }: { readonly token: string; readonly contactAt: Date | null },
): Promise<void> {
  await authority.install(token, "issuer");
  if (contactAt !== null) authority.noteContact(contactAt);
}

/** How far the clock may be behind the ledger's last entry; what the ledger itself repeats an instant for. */
const skewMs = 300_000;
const contactEveryMs = 5000;

class Authority implements StationAuthority {
  readonly #parts: AuthorityParts;
  #licence: StationLicence | null = null;
  #problem: Failure | null = null;
  #supplyProblem: Failure | null = null;
  #tampering: readonly TamperEvent[];
  #expired: ExpiredPolicy;
  #contactAt: Date | null = null;
  #contactLookedMs = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> = Promise.resolve();
  #watching = new AbortController();
  #following: { readonly signal: AbortSignal; readonly changed: () => void } | null = null;

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
    this.#tampering = openTampering(parts.ledger);
    this.#expired = expiredPolicy(parts.ledger);
  }

  get licence(): StationLicence | null {
    return this.#licence;
  }
  get source(): LicenceSource | null {
    return this.#parts.store.token()?.source ?? null;
  }
  get watchedFile(): string | null {
    return this.#parts.store.watchedFile();
  }
  get supplyProblem(): Failure | null {
    return this.#supplyProblem;
  }
  get expired(): ExpiredPolicy {
    return this.#expired;
  }
  get tampering(): readonly TamperEvent[] {
    return this.#tampering;
  }
  get forgiven(): ReadonlySet<string> {
    return forgivenWitnesses(this.#parts.ledger);
  }

  async open(): Promise<void> {
    await this.#openStored();
    const { environment, readOnly } = this.#parts;
    if (readOnly() !== null) return;
    if (environment !== null) await this.#supply(() => tokenText(utf8(environment)), "environment");
    const file = this.watchedFile;
    if (file !== null) await this.#supply(() => tokenIn(file), "file");
    this.inspect();
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
      expired: this.#expired,
      tampered: this.#tampering.length > 0,
    };
    const quick = lifeCycle(facts);
    // Looking through batches for a newer contact is worth it only when the known one does not do.
    if (quick.refusal?.code !== "LICENCE_OFFLINE_TOO_LONG") return quick;
    return lifeCycle({ ...facts, lastContactAt: this.lastContactAt() });
  }

  inspect(): void {
    const { ledger, clock, store, readOnly } = this.#parts;
    if (readOnly() !== null) return;
    const inForce = licenceInForce(ledger);
    // Without a licence there are no claims to differ, and the clock gains nothing: quotas count from the last entry.
    if (inForce === null) return;
    const now = clock.now().toISOString();
    if (Date.parse(ledger.lastAt) - Date.parse(now) > skewMs) {
      this.#detect("clock-behind", `The clock said ${now}, the ledger's last entry is of ${ledger.lastAt}.`, now);
    }
    if (this.#problem !== null && this.#licence === null) return;
    const stored = store.claims();
    const difference =
      this.#licence?.tokenSha256 !== inForce.token_sha256
        ? "The token in the store is not the one that the ledger says is in force."
        : (differenceOf(stored, this.#licence) ?? ledgerDifference(inForce, this.#licence));
    if (difference !== null) this.#detect("stored-claims", difference, stored ?? "");
  }

  async install(token: string, source: LicenceSource): Promise<void> {
    await this.#install(tokenText(utf8(token)), source);
    this.#supplyProblem = null;
  }

  noteContact(reachedAt: Date): void {
    if (this.#licence === null) return;
    const { id, tokenSha256 } = this.#licence;
    const reached_at = reachedAt.toISOString();
    this.#parts.ledger.append([{ type: "licence.contact", licence_id: id, token_sha256: tokenSha256, reached_at }]);
    this.#lookAgain();
  }

  remove(): void {
    const { ledger, store } = this.#parts;
    this.#refuseTampered();
    const { state } = this.standing();
    if (state === "read-only" || state === "locked-out") {
      throw new StationError(
        "LICENCE_KEPT",
        "A licence past its grace period can only be replaced: without it the station could do more than with it. Add a new licence.",
      );
    }
    const inForce = licenceInForce(ledger);
    if (inForce !== null) {
      const { licence_id, token_sha256 } = inForce;
      ledger.append([{ type: "licence.removed", licence_id, token_sha256 }]);
    }
    store.deleteToken();
    this.#licence = null;
    this.#problem = null;
  }

  async watch(path: string | null): Promise<void> {
    if (path !== null) await this.#install(tokenIn(path), "file");
    this.#parts.store.watch(path);
    this.#supplyProblem = null;
    this.#arm();
  }

  follow(signal: AbortSignal, changed: () => void): void {
    this.#following = { signal, changed };
    this.#arm();
  }

  setExpired(expired: ExpiredPolicy): void {
    if (expired === this.#expired) return;
    this.#parts.ledger.append([{ type: "licence.policy", expired }]);
    this.#expired = expired;
  }

  recover(token: string, seal: Seal = (bodies) => bodies): void {
    const { ledger, store, vendorKeys, stationKeys } = this.#parts;
    const event = this.#tampering.at(-1);
    const text = tokenText(utf8(token));
    const claims = verifyRecoveryToken(text, vendorKeys());
    if (event === undefined || claims.event !== event.sha256 || !stationKeys().includes(claims.station)) {
      throw new StationError(
        "LICENCE_RECOVERY_REFUSED",
        event === undefined
          ? "There is nothing to recover from."
          : `The recovery key is not for event ${event.sha256} of this station. Ask the vendor for one that is.`,
      );
    }
    const inForce = licenceInForce(ledger);
    const isLost = inForce !== null && this.#licence?.tokenSha256 !== inForce.token_sha256;
    const recovered: LedgerEntryBody = {
      type: "licence.recovered",
      event_index: event.index,
      event_sha256: event.sha256,
      token_sha256: sha256Hex(utf8(text)),
    };
    const removed: readonly LedgerEntryBody[] = isLost
      ? [{ type: "licence.removed", licence_id: inForce.licence_id, token_sha256: inForce.token_sha256 }]
      : [];
    ledger.append(seal([recovered, ...removed]));
    if (isLost) {
      store.deleteToken();
      this.#licence = null;
    } else if (this.#licence !== null) store.putClaims(this.#licence);
    this.#tampering = openTampering(ledger);
  }

  witnessed(checkpoint: string, detail: string): void {
    if (licenceInForce(this.#parts.ledger) === null) return;
    this.#detect("ledger-behind-witness", detail, checkpoint);
  }

  token(): string | null {
    return this.#licence === null ? null : (this.#parts.store.token()?.token ?? null);
  }

  async #openStored(): Promise<void> {
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

  /** What a file or the environment offers replaces a good licence only by another good one. */
  async #supply(read: () => string, source: LicenceSource): Promise<void> {
    try {
      await this.#install(read(), source);
      this.#supplyProblem = null;
    } catch (error) {
      const failure = toFailure(error);
      if (this.#licence === null) this.#problem = failure;
      this.#supplyProblem = failure;
    }
  }

  async #install(token: string, source: LicenceSource): Promise<void> {
    const licence = await this.#verified(token, this.now());
    if (licence.tokenSha256 === this.#licence?.tokenSha256) return;
    this.#refuseTampered();
    this.#enact(licence, token, source);
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

  /** Watches the file that is to be watched now, if a program that stays has asked for it. */
  #arm(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    const path = this.watchedFile;
    const following = this.#following;
    if (path === null || following === null) return;
    const signal = AbortSignal.any([following.signal, this.#watching.signal]);
    watchFile(path, this.#parts.clock, signal, () => {
      // One after another: a slow verification must not end after a later one.
      this.#loading = this.#loading.then(async () => {
        if (signal.aborted) return;
        const before = [this.#licence?.tokenSha256, this.#supplyProblem?.message].join();
        await this.#supply(() => tokenIn(path), "file");
        if ([this.#licence?.tokenSha256, this.#supplyProblem?.message].join() !== before) following.changed();
      });
    });
  }

  #refuseTampered(): void {
    if (this.#tampering.length === 0) return;
    throw new StationError(
      "STATION_TAMPERED",
      "Signs of tampering were seen on this station. Recover it with the vendor's recovery key first.",
    );
  }

  #detect(kind: TamperKind, detail: string, evidence: string | Uint8Array): void {
    const evidence_sha256 = sha256Hex(typeof evidence === "string" ? utf8(evidence) : evidence);
    const isKnown = this.#tampering.some(
      (one) => one.kind === kind && (kind !== "ledger-behind-witness" || one.evidenceSha256 === evidence_sha256),
    );
    if (isKnown) return;
    const body: BodyOf<"tamper.detected"> = { type: "tamper.detected", kind, detail, evidence_sha256 };
    this.#parts.ledger.append([body], [], { evenIfClockBehind: true });
    this.#tampering = openTampering(this.#parts.ledger);
  }
}

/** The ledger's own record of the claims, which a chain of hashes keeps. */
function ledgerDifference(inForce: BodyOf<"licence.activated">, licence: StationLicence): string | null {
  const claims: Readonly<Record<string, unknown>> = claimsOf(licence);
  const names = Object.keys(claims).filter((name) => inForce[name as keyof typeof inForce] !== claims[name]);
  return names.length === 0 ? null : `The ledger's claims differ from the signed ones: ${names.join(", ")}.`;
}

function tokenIn(path: string): string {
  const bytes = readRegularFile(path, maxTokenBytes + 2);
  if (bytes instanceof Uint8Array) return tokenText(bytes);
  throw new StationError(
    "LICENCE_FILE_UNREADABLE",
    `The licence file is ${bytes === "missing" ? "not there" : bytes === "too-large" ? "too large for a token" : "not readable"}. Check it, or stop watching it.`,
  );
}
