/** For people watching. Never given a secret; what matters later goes into the ledger instead. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

export const silentLog: Log = { info: () => {}, warn: () => {} };
