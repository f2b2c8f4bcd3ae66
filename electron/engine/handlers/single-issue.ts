import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { type Failure, StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import type { DeviceRequest } from "#shared/domain/request.ts";
import { fromUtf8, must, utf8 } from "#shared/formats/encoding.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import type { Files } from "../platform/files.ts";
import type { Stick } from "./sticks.ts";
import type { Workspace } from "./workspace.ts";

/**
 * One device that was pasted or scanned, as if a stick had asked for it. @throws StationError FINGERPRINT_LENGTH,
 * FINGERPRINT_CHARACTERS, NAME_CHARACTERS
 */
function pastedRequest(fingerprint: string, name: string): IntakeReport {
  const bytes = utf8(fingerprint);
  if (bytes.length < 8 || bytes.length > 255) {
    throw new StationError(
      "FINGERPRINT_LENGTH",
      "A fingerprint has 8 to 255 bytes. Copy it from the device once more, whole.",
    );
  }
  if (fingerprint.trim() !== fingerprint || !isText(fingerprint, 8, 255)) {
    throw new StationError(
      "FINGERPRINT_CHARACTERS",
      "A fingerprint has no control characters and no blanks around it. Copy it once more.",
    );
  }
  const deviceName = name.trim() === "" ? null : name.trim();
  if (deviceName !== null && !isText(deviceName, 1, 255)) {
    throw new StationError(
      "NAME_CHARACTERS",
      "A device name has at most 255 bytes and no control characters. Shorten or retype it.",
    );
  }
  const request: DeviceRequest = {
    fingerprint,
    fingerprintSha256: sha256Hex(bytes),
    deviceName,
    serial: null,
    assetTag: null,
    platform: null,
    fingerprintComponents: null,
    requestedAt: null,
    licenseKey: null,
    product: null,
    sources: [{ path: "pasted", line: null, fileSha256: sha256Hex(bytes) }],
  };
  return { requests: [request], rejected: [], conflicts: [], notes: [], files: 1 };
}

/**
 * Activates one device and issues its file: onto a stick, or where no stick is named onto none, to be shown and saved.
 * @throws StationError whatever refuses or fails that device
 */
export async function singleIssue(
  workspace: Workspace,
  files: Files,
  asked: { readonly fingerprint: string; readonly name: string; readonly stickId: string | null },
): Promise<CallOutput<"single.issue">> {
  const intake = pastedRequest(asked.fingerprint, asked.name);
  if (asked.stickId !== null) return await issueOnto(workspace, files, workspace.sticks.byId(asked.stickId), intake);
  // Every delivery is written, read back and committed the same way; this one goes once it was shown.
  const folder = await mkdtemp(join(tmpdir(), "station-single-"));
  try {
    return { ...(await issueOnto(workspace, files, looseStick(folder), intake)), deliveredTo: null };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function issueOnto(
  workspace: Workspace,
  files: Files,
  stick: Stick,
  intake: IntakeReport,
): Promise<CallOutput<"single.issue">> {
  const { id } = await workspace.batches.startWith(stick, intake, workspace.order("accept"), workspace.api());
  await stick.run?.ended;
  const device = workspace.batches.stateOf(id).devices.get(intake.requests[0]?.fingerprintSha256 ?? "");
  if (device?.issued == null || device.file === null) throw failureOf(device?.failure ?? stick.problem);
  const { index, body } = device.issued;
  const certificate = fromUtf8(await files.read(`${stick.path}/${device.file}`, longestCertificate));
  return {
    batch: id,
    fileName: device.file.split("/").at(-1) ?? device.file,
    certificate: must(certificate, "the certificate's text"),
    fileSha256: body.file_sha256,
    ledgerIndex: index,
    expiresAt: body.expires_at,
    deliveredTo: stick.label,
  };
}

const longestCertificate = 1024 * 1024;

function looseStick(path: string): Stick {
  return {
    id: "no-stick",
    kind: "folder",
    path,
    label: "",
    slot: null,
    drive: null,
    summary: null,
    reading: false,
    problem: null,
    run: null,
  };
}

function failureOf(failure: Failure | null): StationError {
  return failure === null
    ? new StationError("INTERNAL", "The device got no file. Look at its history.")
    : new StationError(failure.code, failure.message);
}
