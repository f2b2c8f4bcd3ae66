import type { RequestFields } from "./parsed-request.ts";
import { Refusal } from "./refusal.ts";
import { requestText } from "./request-text.ts";
import { checkRequest } from "./request-values.ts";

/** `*.fingerprint.txt`: the fingerprint, and perhaps the device's name below it. @throws Refusal */
export function parseTextRequest(bytes: Uint8Array): RequestFields {
  const lines = requestText(bytes).split(/\r?\n/);
  const [fingerprint = "", deviceName = "", ...rest] = lines;
  if (rest.some((line) => line.trim() !== "")) {
    throw new Refusal(
      "REQUEST_SYNTAX",
      "The file has more than two lines: only a fingerprint and a device name are expected. Use a list for several devices.",
    );
  }
  return checkRequest({ fingerprint, deviceName });
}
