import { openToRead } from "../platform/open-to-read.ts";

/** The signed head as it is stored, judged by nobody; null when it cannot be read. */
export function storedHead(path: string): string | null {
  try {
    const database = openToRead(path);
    try {
      database.exec("PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = 2000");
      const note = database.prepare("SELECT checkpoint FROM head").get()?.["checkpoint"];
      return typeof note === "string" ? note : null;
    } finally {
      database.close();
    }
  } catch {
    // Opening the ledger says what is wrong with it.
    return null;
  }
}
