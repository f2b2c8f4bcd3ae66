import { hash } from "node:crypto";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import { hasUnprintable } from "../platform/display-text.ts";
import type { RequestFields } from "./parsed-request.ts";
import { Refusal } from "./refusal.ts";

/** Everything a request can say, as its form gave it; what is missing or blank counts as not said. */
export interface RawRequest {
  readonly fingerprint: string;
  readonly deviceName?: string | null;
  readonly serial?: string | null;
  readonly assetTag?: string | null;
  readonly platform?: string | null;
  readonly fingerprintComponents?: Readonly<Record<string, string>> | null;
  readonly requestedAt?: string | null;
  readonly licenseKey?: string | null;
  readonly product?: string | null;
}

/** The rules for values that all forms share. @throws Refusal */
export function checkRequest(raw: RawRequest): RequestFields {
  const fingerprint = checkFingerprint(raw.fingerprint);
  return {
    fingerprint,
    fingerprintSha256: hash("sha256", fingerprint, "hex"),
    deviceName: checkName(raw.deviceName),
    serial: checkLabel("serial", raw.serial),
    assetTag: checkLabel("asset_tag", raw.assetTag),
    platform: checkLabel("platform", raw.platform),
    fingerprintComponents: raw.fingerprintComponents ?? null,
    requestedAt: checkInstant(raw.requestedAt),
    licenseKey: checkLicenseKey(raw.licenseKey),
    product: checkLabel("product", raw.product),
  };
}

function checkFingerprint(fingerprint: string): string {
  if (hasUnprintable(fingerprint) || fingerprint.trim() !== fingerprint) {
    throw new Refusal(
      "FINGERPRINT_CHARACTERS",
      "The fingerprint has control or direction-changing characters in it, or blanks around it. Export it from the device again.",
    );
  }
  const length = byteLength(fingerprint);
  if (length < 8 || length > 255) {
    throw new Refusal(
      "FINGERPRINT_LENGTH",
      `The fingerprint has ${length} bytes; it must have 8 to 255. Export it from the device again.`,
    );
  }
  return fingerprint;
}

function checkName(value: string | null | undefined): string | null {
  if (isClean(value)) return trimmed(value);
  throw new Refusal(
    "NAME_CHARACTERS",
    "The device name has control or direction-changing characters in it, or more than 255 bytes. Give the device a plain name.",
  );
}

function checkLabel(member: string, value: string | null | undefined): string | null {
  if (isClean(value)) return trimmed(value);
  throw new Refusal(
    "REQUEST_SHAPE",
    `The ${member} has control or direction-changing characters in it, or more than 255 bytes. Correct it or leave it out.`,
  );
}

function checkInstant(value: string | null | undefined): string | null {
  const text = value ?? "";
  if (text === "") return null;
  if (parseInstant(text) === null) {
    throw new Refusal(
      "REQUEST_SHAPE",
      "The requested_at is not a date and time of RFC 3339. Correct it or leave it out.",
    );
  }
  return text;
}

/** The key itself appears in no message. */
function checkLicenseKey(value: string | null | undefined): string | null {
  if (isClean(value)) return trimmed(value);
  throw new Refusal(
    "LICENSE_KEY_INVALID",
    "The licence key has control characters in it or more than 255 bytes. Copy it again from where it was issued.",
  );
}

/** Judged before blanks are trimmed, for some controls count as blanks. */
function isClean(value: string | null | undefined): boolean {
  return value === null || value === undefined || (!hasUnprintable(value) && byteLength(value.trim()) <= 255);
}

function trimmed(value: string | null | undefined): string | null {
  const text = (value ?? "").trim();
  return text === "" ? null : text;
}

function byteLength(text: string): number {
  return utf8(text).length;
}
