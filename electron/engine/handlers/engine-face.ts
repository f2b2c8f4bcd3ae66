import type { LicenseState } from "#shared/domain/activation.ts";
import type { AskIssuer, FetchedLicence } from "../authority/issuer-client.ts";
import type { VendorKey } from "../authority/vendor-key.ts";
import type { ReportLanguage } from "../audit/report-text.ts";
import type { ApiAccess } from "../batch/job.ts";
import type { IssuerAccess } from "../issuer-access.ts";
import type { Station } from "../station.ts";
import type { AuditFace } from "./audit-face.ts";
import type { BenchRecord } from "./bench/bench-record.ts";
import type { LedgerReads } from "./ledger-reads.ts";
import type { CheckLedger } from "./verification.ts";

/** The engine as the handlers know it. */
export type Engine = Pick<
  Station,
  | "name"
  | "keys"
  | "readOnly"
  | "read"
  | "look"
  | "authority"
  | "licence"
  | "vendorKeys"
  | "addVendorKey"
  | "preflight"
  | "provision"
  | "provisionRequests"
  | "resume"
  | "unfinishedOn"
  | "intactFiles"
  | "carry"
  | "recover"
  | "deactivate"
  | "ledger"
  | "operators"
  | "allowLargeDrive"
  | "witnesses"
  | "rotateKey"
  | "close"
>;

/** One opened home. */
export interface OpenedEngine {
  readonly engine: Engine;
  readonly ledger: LedgerReads;
  readonly record: BenchRecord;
  readonly audit: AuditFace;
  readonly checkLedger: CheckLedger;
  /** Whether opening looked at the newest entries only, so that the rest is still to be verified. */
  readonly isPartlyChecked: boolean;
  readonly server: ServerProbe;
  readonly carrying: Carrying;
  /** Asks an issuer of station licences. @throws StationError API_*, LICENCE_TOKEN_* */
  fetchLicence(
    how: { readonly email: string } | { readonly token: string },
    access: IssuerAccess,
    signal: AbortSignal,
  ): Promise<FetchedLicence>;
  /** What an auditor needs to trust this station's signatures: file name -> bytes. */
  publicKeyFiles(): Readonly<Record<string, Uint8Array>>;
  /** What to read out when the keys are compared. */
  keyFingerprints(): { readonly ledger: string; readonly manifest: string; readonly minisign: string };
  /** Into a new folder. Resolves with how many entries were exported. @throws StationError STICK_*, LEDGER_* */
  exportLedger(folder: string, language: ReportLanguage): Promise<number>;
}

/** What carrying licences for others takes beside the stick. */
export interface Carrying {
  /** Vendor keys that such licences are believed under. */
  vendorKeys(): readonly VendorKey[];
  /** From now on, as the ledger then says. @throws StationError VENDOR_KEY_INVALID, LEDGER_* */
  believe(pem: Uint8Array, operator: string | null): void;
  /** @throws StationError API_* */
  withIssuer<T>(access: IssuerAccess, work: (ask: AskIssuer) => Promise<T>): Promise<T>;
}

/** Opens a home, which is made when missing. @param name used only for a new one */
export type OpenEngine = (home: string, name: string) => Promise<OpenedEngine>;

/** Questions to the licensing server that take no seat. All throw StationError API_*, LICENSE_*, PRODUCT_*. */
export interface ServerProbe {
  health(
    api: Pick<ApiAccess, "url" | "proxy" | "caPem">,
    signal: AbortSignal,
  ): Promise<{ readonly apiVersion: string }>;
  license(api: ApiAccess, product: string, licenseKey: string, signal: AbortSignal): Promise<LicenseState>;
}

/** The embedded server; adapters pass it in, because the engine may not know the sandbox. */
export interface RehearsalServer {
  readonly url: string;
  readonly apiKey: string;
  readonly product: string;
  readonly licenseKey: string;
  close(): Promise<void>;
}

/**
 * @param stateFile where it remembers seats between two rehearsals
 * @param port 0: any
 * @throws StationError USAGE when the port is taken
 */
export type StartRehearsalServer = (options: {
  readonly stateFile: string;
  readonly port: number;
}) => Promise<RehearsalServer>;
