import { StationError, toFailure } from "#shared/domain/errors.ts";
import { fromBase64 } from "#shared/formats/encoding.ts";
import { maxCertificateBytes } from "../../engine/credentials/envelope.ts";
import { verifyMachineFile } from "../../engine/credentials/verify-machine-file.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { displayText } from "../../engine/platform/display-text.ts";
import { nodeFiles } from "../../engine/platform/node-files.ts";
import { readArgs, usage } from "../args.ts";
import { type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "../io.ts";

const options = {
  license: { type: "string" },
  fingerprint: { type: "string" },
  "public-key": { type: "string" },
  product: { type: "string" },
} as const;

/** `station verify-file`: one machine file, judged as the device will. */
export async function verifyFileCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 1 });
  const publicKey = fromBase64(args.need("public-key"));
  if (publicKey?.length !== 32) throw usage("--public-key takes 32 bytes in standard base64.");
  const product = args.text("product");
  const isJson = args.flag("json");
  try {
    const claims = await verifyMachineFile({
      certificate: await readCertificate(args.positionals[0] ?? ""),
      licenseKey: args.need("license"),
      fingerprint: args.need("fingerprint"),
      publicKey,
      ...(product === null ? {} : { productSlug: product }),
      now: systemClock.now(),
    });
    const { keyId, activationId, issuedAt, expiresAt, goodUntil, productSlug, deviceName } = claims;
    if (isJson) {
      io.stdout(
        JSON.stringify({
          ok: true,
          error: null,
          key_id: keyId,
          activation_id: activationId,
          product: productSlug,
          device_name: deviceName,
          issued_at: issuedAt.toISOString(),
          expires_at: expiresAt.toISOString(),
          good_until: goodUntil.toISOString(),
        }),
      );
    }
    io.stderr(`Good until ${goodUntil.toISOString()} (activation ${activationId}, product ${productSlug}).`);
    return 0;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === "USAGE") throw error;
    if (isJson) io.stdout(JSON.stringify({ ok: false, error: failure }));
    io.stderr(`${failure.message} [${failure.code}]`);
    return failure.code.startsWith("CREDENTIAL_") ? 5 : exitCodeOf(failure.code);
  }
}

/** It need not lie on a stick, so what the system says of it is told in other words. */
async function readCertificate(file: string): Promise<Uint8Array> {
  try {
    return await nodeFiles.read(file, maxCertificateBytes);
  } catch (error) {
    if (toFailure(error).code === "REQUEST_TOO_LARGE")
      throw new StationError(
        "CREDENTIAL_TOO_LARGE",
        "The file is larger than any machine file. Check which one it is.",
      );
    throw usage(`The file ${displayText(file)} cannot be read. Check its name and permissions.`);
  }
}
