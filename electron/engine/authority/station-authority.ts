import type { Failure } from "#shared/domain/errors.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import type { AuthorityParts } from "./authority-parts.ts";
import { InstalledLicence } from "./installed-licence.ts";
import { expiredPolicy, forgivenWitnesses, type TamperEvent } from "./licence-log.ts";
import type { LicenceSource } from "./licence-store.ts";
import { LicenceSupply } from "./licence-supply.ts";
import type { ExpiredPolicy, LifeCycle } from "./life-cycle.ts";
import { TamperWatch } from "./tamper-watch.ts";

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
  const { store, ledger, readOnly } = parts;
  let expired = expiredPolicy(ledger);
  const tampering = new TamperWatch(parts);
  const installed = new InstalledLicence(parts, tampering, () => expired);
  const supply = new LicenceSupply(parts, installed);
  const inspect = (): void => {
    tampering.inspect(installed.licence, installed.isUnverified);
  };

  await installed.open();
  if (readOnly() === null) {
    await supply.open();
    inspect();
  }
  return {
    get licence() {
      return installed.licence;
    },
    get source() {
      return store.token()?.source ?? null;
    },
    get watchedFile() {
      return store.watchedFile();
    },
    get supplyProblem() {
      return supply.problem;
    },
    get expired() {
      return expired;
    },
    get tampering() {
      return tampering.events;
    },
    get forgiven() {
      return forgivenWitnesses(ledger);
    },
    now: () => installed.now(),
    lastContactAt: () => installed.lastContactAt(),
    standing: () => installed.standing(),
    inspect,
    install: (token, source) => supply.install(token, source),
    noteContact: (reachedAt) => {
      installed.noteContact(reachedAt);
    },
    remove: () => {
      installed.remove();
    },
    watch: (path) => supply.watch(path),
    follow: (signal, changed) => {
      supply.follow(signal, changed);
    },
    setExpired: (policy) => {
      if (policy === expired) return;
      ledger.append([{ type: "licence.policy", expired: policy }]);
      expired = policy;
    },
    recover: (token, seal: Seal = (bodies) => bodies) => {
      const recovered = tampering.recoveredBy(token);
      const removed = installed.removalIfLost();
      ledger.append(seal(removed === null ? [recovered] : [recovered, removed]));
      if (removed === null) installed.restoreClaims();
      else installed.drop();
      tampering.reload();
    },
    witnessed: (checkpoint, detail) => {
      tampering.witnessed(checkpoint, detail);
    },
    token: () => (installed.licence === null ? null : (store.token()?.token ?? null)),
  };
}

/** Puts what an issuer sent into force, with its proof that it was reached. @throws StationError as {@link StationAuthority.install} */
export async function takeFetched(
  authority: StationAuthority,
  { token, contactAt }: { readonly token: string; readonly contactAt: Date | null },
): Promise<void> {
  await authority.install(token, "issuer");
  if (contactAt !== null) authority.noteContact(contactAt);
}
