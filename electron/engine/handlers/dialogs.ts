/** What a folder is wanted for; a dialog words its title by it. */
export type FolderPurpose = "stick" | "keys" | "ledger";

export type LicenceFilePurpose = "licence" | "carried-licence" | "vendor-key";

/** The host's way to ask a person for a place. Only here do paths come in; null: nothing was chosen. */
export interface Dialogs {
  chooseFolder(purpose: FolderPurpose): Promise<string | null>;
  /** A file of certification authorities in PEM. */
  chooseCertificateFile(): Promise<string | null>;
  /** A licence for this station or for another product, or the public key of the vendor who signed it. */
  chooseLicenceFile(purpose: LicenceFilePurpose): Promise<string | null>;
  /** A list of seats from the licensing server's dashboard, as CSV. */
  chooseSeatList(): Promise<string | null>;
  /** A checkpoint that came back: a signed note, a receipt, or what a witness answered. */
  chooseCheckpointFile(): Promise<string | null>;
}
