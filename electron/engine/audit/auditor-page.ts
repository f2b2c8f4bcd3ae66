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

/** Both verifiers by their names in an export; the page where it was built. */
export function verifierFiles(verifierPy: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const page = auditorPage();
  return { "verify.py": verifierPy, ...(page === null ? {} : { "verify.html": page }) };
}
