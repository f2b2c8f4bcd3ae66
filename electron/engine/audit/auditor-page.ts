import { readFileSync } from "node:fs";

/** Where `vite build -c renderer/auditor/vite.config.ts` leaves it; packaged applications carry it at the same place. */
const builtPage = new URL("../../../dist/auditor/verify.html", import.meta.url);

/** The verifier that needs nothing but a browser, for exports; null where it was not built. */
export function auditorPage(): Uint8Array | null {
  try {
    return readFileSync(builtPage);
  } catch {
    return null;
  }
}
