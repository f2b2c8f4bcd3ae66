import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { AuthorityParts } from "./authority-parts.ts";
import { licenceInForce, openTampering, type TamperEvent, type TamperKind } from "./licence-log.ts";
import { claimsOf, differenceOf } from "./licence-store.ts";
import { tokenText, verifyRecoveryToken } from "./verify-token.ts";

/** How far the clock may be behind the ledger's last entry; what the ledger itself repeats an instant for. */
const skewMs = 300_000;

/** What was seen that should not be, each sign in the ledger once, until a recovery answers it. */
export class TamperWatch {
  readonly #parts: AuthorityParts;
  #events: readonly TamperEvent[];

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
    this.#events = openTampering(parts.ledger);
  }

  get events(): readonly TamperEvent[] {
    return this.#events;
  }

  /** @throws StationError STATION_TAMPERED */
  refuse(): void {
    if (this.#events.length === 0) return;
    throw new StationError(
      "STATION_TAMPERED",
      "Signs of tampering were seen on this station. Recover it with the vendor's recovery key first.",
    );
  }

  /** @param isUnverified there is a token, and why it is not `licence` is known: nothing to compare claims with */
  inspect(licence: StationLicence | null, isUnverified: boolean): void {
    const { ledger, clock, store, readOnly } = this.#parts;
    if (readOnly() !== null) return;
    const inForce = licenceInForce(ledger);
    // Without a licence there are no claims to differ, and the clock gains nothing: quotas count from the last entry.
    if (inForce === null) return;
    const now = clock.now().toISOString();
    if (Date.parse(ledger.lastAt) - Date.parse(now) > skewMs) {
      this.#detect("clock-behind", `The clock said ${now}, the ledger's last entry is of ${ledger.lastAt}.`, now);
    }
    if (isUnverified) return;
    const stored = store.claims();
    const difference =
      licence?.tokenSha256 !== inForce.token_sha256
        ? "The token in the store is not the one that the ledger says is in force."
        : (differenceOf(stored, licence) ?? ledgerDifference(inForce, licence));
    if (difference !== null) this.#detect("stored-claims", difference, stored ?? "");
  }

  witnessed(checkpoint: string, detail: string): void {
    if (licenceInForce(this.#parts.ledger) === null) return;
    this.#detect("ledger-behind-witness", detail, checkpoint);
  }

  /** The entry that ends what was seen. @throws StationError LICENCE_RECOVERY_REFUSED, LICENCE_TOKEN_* */
  recoveredBy(token: string): BodyOf<"licence.recovered"> {
    const { vendorKeys, stationKeys } = this.#parts;
    const event = this.#events.at(-1);
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
    return {
      type: "licence.recovered",
      event_index: event.index,
      event_sha256: event.sha256,
      token_sha256: sha256Hex(utf8(text)),
    };
  }

  /** Takes up what the ledger says now. */
  reload(): void {
    this.#events = openTampering(this.#parts.ledger);
  }

  #detect(kind: TamperKind, detail: string, evidence: string | Uint8Array): void {
    const evidence_sha256 = sha256Hex(typeof evidence === "string" ? utf8(evidence) : evidence);
    const isKnown = this.#events.some(
      (one) => one.kind === kind && (kind !== "ledger-behind-witness" || one.evidenceSha256 === evidence_sha256),
    );
    if (isKnown) return;
    const body: BodyOf<"tamper.detected"> = { type: "tamper.detected", kind, detail, evidence_sha256 };
    this.#parts.ledger.append([body], [], { evenIfClockBehind: true });
    this.reload();
  }
}

/** The ledger's own record of the claims, which a chain of hashes keeps. */
function ledgerDifference(inForce: BodyOf<"licence.activated">, licence: StationLicence): string | null {
  const claims: Readonly<Record<string, unknown>> = claimsOf(licence);
  const names = Object.keys(claims).filter((name) => inForce[name as keyof typeof inForce] !== claims[name]);
  return names.length === 0 ? null : `The ledger's claims differ from the signed ones: ${names.join(", ")}.`;
}
