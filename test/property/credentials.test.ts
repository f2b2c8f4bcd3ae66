import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { verifyMachineFile } from "../../electron/engine/credentials/verify-machine-file.ts";
import { verifyOfflineToken } from "../../electron/engine/credentials/verify-offline-token.ts";
import {
  armor,
  fingerprint,
  issuedAt,
  licenseKey,
  machineFile,
  machinePayload,
  offlineToken,
  publicKey,
} from "../fixtures/credential-maker.ts";

const inputs = { licenseKey, fingerprint, publicKey, now: new Date((issuedAt + 60) * 1000) };
const machine = (certificate: Uint8Array | string) => verifyMachineFile({ ...inputs, certificate });
const token = (answer: Uint8Array | string) => verifyOfflineToken({ ...inputs, answer });

/** Refused, and by an error that names neither the licence key nor the device. */
async function expectRefusal(verification: Promise<unknown>): Promise<void> {
  const error: unknown = await verification.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StationError);
  const { code, message, details } = error as StationError;
  expect(code).toMatch(/^CREDENTIAL_/);
  expect(JSON.stringify([message, details])).not.toMatch(/MAKER-LICENCE|maker-fingerprint/);
}

const flipped = (text: string) =>
  fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 })).map(([index, mask]) => {
    const bytes = new TextEncoder().encode(text);
    bytes[index] = (bytes[index] ?? 0) ^ mask;
    return bytes;
  });

test("no machine file with any bit changed is accepted, but for the blanks around lines", async () => {
  const good = machineFile();
  await machine(good);
  const blanks = /\s+/g;
  const changed = flipped(good).filter(
    (bytes) => Buffer.from(bytes).toString("latin1").replace(blanks, "") !== good.replace(blanks, ""),
  );
  await fc.assert(
    fc.asyncProperty(changed, (bytes) => expectRefusal(machine(bytes))),
    { numRuns: 700 },
  );
});

test("no envelope with anything changed inside the Base64 is accepted", async () => {
  const lines = machineFile().split("\n").slice(1, -1).join("");
  const envelope = Buffer.from(lines, "base64").toString();
  await fc.assert(
    fc.asyncProperty(flipped(envelope), (bytes) =>
      expectRefusal(machine(armor(Buffer.from(bytes).toString("latin1")))),
    ),
    { numRuns: 500 },
  );
});

test("no offline token with any bit changed is accepted", async () => {
  const good = offlineToken();
  await token(good);
  await fc.assert(
    fc.asyncProperty(flipped(good), (bytes) => expectRefusal(token(bytes))),
    { numRuns: 700 },
  );
});

test("anything at all is refused in good order", async () => {
  const noise = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.string().map((text) => armor(text)),
  );
  await fc.assert(
    fc.asyncProperty(noise, async (text) => {
      await expectRefusal(machine(text));
      await expectRefusal(token(text));
    }),
    { numRuns: 300 },
  );
});

test("a signed payload of any shape is accepted or refused, never anything else", async () => {
  const paths = pathsOf(machinePayload());
  const bent = fc
    .tuple(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }))
    .map(([path, value]) => replaceAt(machinePayload(), path, value));
  await fc.assert(
    fc.asyncProperty(bent, async (payload) => {
      const error: unknown = await machine(machineFile(payload)).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error === null || error instanceof StationError).toBe(true);
    }),
    { numRuns: 600 },
  );
});

function pathsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([name, item]) => pathsOf(item).map((path) => [name].concat(path)))];
}

function replaceAt(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  return Object.assign(copy, { [name]: replaceAt((value as Record<string, unknown>)[name], rest, by) });
}
