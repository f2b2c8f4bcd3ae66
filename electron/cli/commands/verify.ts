import { join } from "node:path";
import { StationError, toFailure } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { checkMachineFileSignature, underAny } from "../../engine/credentials/check-signature.ts";
import { verifyMachineFile } from "../../engine/credentials/verify-machine-file.ts";
import type { CertificateInput } from "../../engine/delivery/verify-device.ts";
import { type LicensingKeys, loadTrustedKeys } from "../../engine/delivery/trusted-keys.ts";
import { type StickReport, verifyStick } from "../../engine/delivery/verify-stick.ts";
import { type IntakeReport, readRequests } from "../../engine/intake/read-requests.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { nodeFiles } from "../../engine/platform/node-files.ts";
import { identifyStick } from "../../engine/platform/stick-identity.ts";
import { readArgs } from "../args.ts";
import { type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "../io.ts";

const options = {
  stick: { type: "string" },
  keys: { type: "string" },
  license: { type: "string", multiple: true },
} as const;

/** `station verify`: a stick against exported keys; needs no station home and no network. */
export async function verifyCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const stick = args.need("stick");
  const isJson = args.flag("json");
  try {
    const keys = await loadTrustedKeys(nodeFiles, args.need("keys"));
    const found = await identifyStick(stick);
    const intake = await readRequests(nodeFiles, found.root, { stick: found });
    const licenses = args.texts("license");
    const verdict = await verifyStick({
      files: nodeFiles,
      root: found.root,
      keys,
      fingerprints: new Map(intake.requests.map(({ fingerprint }) => [sha256Hex(utf8(fingerprint)), fingerprint])),
      requestDigests: await requestDigests(found.root, intake),
      checkSignature: checkMachineFileSignature,
      ...(licenses.length === 0 ? {} : { openFile: opener(licenses, keys.licensing) }),
    });
    if (isJson) io.stdout(JSON.stringify(verdict));
    io.stderr(verdictText(verdict, stick));
    return verdict.ok ? 0 : 5;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === "USAGE") throw error;
    if (isJson) io.stdout(JSON.stringify({ ok: false, batches: [], error: failure }));
    io.stderr(`${failure.message} [${failure.code}]`);
    return exitCodeOf(failure.code);
  }
}

/** The receipt tells which licence a file was issued under, so the auditor may give several. */
function opener(licenses: readonly string[], keys: LicensingKeys) {
  const byHash = new Map(licenses.map((key) => [sha256Hex(utf8(key)), key]));
  return async ({
    certificate,
    fingerprint,
    device,
    product,
    licenseSha256,
  }: CertificateInput & { readonly fingerprint: string }): Promise<void> => {
    const licenseKey = byHash.get(licenseSha256 ?? "") ?? (byHash.size === 1 ? licenses[0] : undefined);
    const [newest, ...others] = keys.get(device.key_id) ?? [];
    if (licenseKey === undefined)
      throw new StationError(
        "CREDENTIAL_LICENSE_MISMATCH",
        "It was issued under a licence key that was not given; add it with another --license.",
      );
    if (newest === undefined)
      throw new StationError("SIGNING_KEY_UNKNOWN", `licensing-keys.json holds no key "${device.key_id}".`);
    const { key_id: keyId, activation_id: activationId } = device;
    const now = systemClock.now();
    const asked = { certificate, licenseKey, fingerprint, keyId, activationId, productSlug: product, now };
    await underAny([newest, ...others], (publicKey) => verifyMachineFile({ ...asked, publicKey }));
  };
}

function verdictText(verdict: StickReport, stick: string): string {
  const lines = verdict.batches.flatMap(({ batch, ok, problems, notes }) => [
    `${ok ? "good" : "BAD "} ${batch === "" ? "the stick itself" : batch}`,
    ...problems.map(({ code, path, message }) => `  ${path}: ${message} [${code}]`),
    ...notes.map((note) => `  note: ${note}`),
  ]);
  lines.push(
    verdict.ok ? `${stick}: everything under PROVISIONING is what was signed.` : `${stick}: not what was signed.`,
  );
  return lines.join("\n");
}

/** Of every request file still on the stick, refused ones too: a changed byte may be why one is refused. */
async function requestDigests(stick: string, intake: IntakeReport): Promise<ReadonlyMap<string, string>> {
  const digests = new Map(
    intake.requests.flatMap(({ sources }) => sources.map(({ path, fileSha256 }) => [path, fileSha256] as const)),
  );
  for (const { path } of intake.rejected) {
    if (digests.has(path)) continue;
    try {
      digests.set(path, sha256Hex(await nodeFiles.read(join(stick, path), mostRequestBytes)));
    } catch (error) {
      if (!(error instanceof StationError) || error.code === "STICK_GONE") throw error;
    }
  }
  return digests;
}

const mostRequestBytes = 8 * 1024 * 1024;
