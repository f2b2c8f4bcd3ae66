import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxProcess } from "./run-station.ts";

/**
 * The workflow that the vendor documents: for one device after the other two curl calls, and the certificate cut out
 * of the second's answer. Unlike the station it verifies, signs and logs nothing.
 * @returns milliseconds a device
 */
export function curlLoop(folder: string, sandbox: SandboxProcess, series: string, count: number): number {
  mkdirSync(folder, { recursive: true });
  // In a file, so that the key is in no argument list.
  writeFileSync(
    join(folder, "curlrc"),
    `silent\nfail\nheader = "Authorization: Bearer ${sandbox.apiKey}"\nheader = "Content-Type: application/json"\n`,
  );
  const env = {
    ...process.env,
    API: `${sandbox.url}/products/${sandbox.product}/licenses`,
    LICENSE: sandbox.licenseKey,
    SERIES: series,
    COUNT: String(count),
  };
  const began = performance.now();
  const run = spawnSync("sh", ["-e", "-c", script], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) throw new Error("The curl workflow failed.");
  return (performance.now() - began) / count;
}

const script = `
i=0
while [ "$i" -lt "$COUNT" ]; do
  fingerprint="fp-$SERIES-$i"
  device="{\\"license_key\\":\\"$LICENSE\\",\\"fingerprint\\":\\"$fingerprint\\",\\"device_name\\":\\"Press $i\\""
  curl -K curlrc -o activation.json -d "$device}" "$API/activate"
  curl -K curlrc -o answer.json -d "$device,\\"ttl\\":90,\\"include\\":[\\"license\\"]}" "$API/machine-file"
  printf '%b' "$(sed 's/.*"certificate":"\\([^"]*\\)".*/\\1/' answer.json)" > "$fingerprint.lic"
  grep -q 'END MACHINE FILE' "$fingerprint.lic"
  i=$((i + 1))
done`;
