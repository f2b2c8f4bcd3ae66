import type { Dispatcher } from "undici";
import type { z } from "zod";
import type { Activation, IssuedMachineFile, SigningKey, Validation } from "#shared/domain/activation.ts";
import { StationError } from "#shared/domain/errors.ts";
import { isKeyId, isLicenseKey, isProductSlug, isText } from "#shared/domain/identifiers.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { parseBaseUrl } from "./base-url.ts";
import {
  type Asked,
  bindActivation,
  bindMachineFile,
  bindOfflineToken,
  bindSigningKey,
  bindValidation,
} from "./bind.ts";
import { createExchange, type HttpReply } from "./exchange.ts";
import { createGate } from "./gate.ts";
import { createPace } from "./pace.ts";
import { createFamilyCalls, notAnApi, type PathFamily } from "./path-family.ts";
import { answerText, malformed, readAnswer } from "./read-answer.ts";
import { isRoutingMiss, readRefusal, refusalError } from "./refusals.ts";
import { createSend, patienceMs } from "./send.ts";
import {
  activationWire,
  deactivationWire,
  healthWire,
  machineFileWire,
  offlineTokenWire,
  signingKeyWire,
  validationWire,
} from "./wire.ts";

export interface LicensingOptions {
  readonly baseUrl: string;
  /** The product's slug. */
  readonly product: string;
  /** A secret. */
  readonly apiKey: string;
  /** Closed by whoever made it. */
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly random: Random;
  /** Calls in flight at most; default 32. */
  readonly concurrency?: number;
  /** For one try, its answer's body included; default 30,000. */
  readonly requestTimeoutMs?: number;
  /** What an earlier run found out; a hint, tried first. */
  readonly pathFamily?: PathFamily | null;
  /** Told when the server turns out to be of a family, and when of another than before. */
  readonly onPathFamily?: (family: PathFamily) => void;
  readonly userAgent: string;
}

interface DeviceOfLicense {
  readonly licenseKey: string;
  readonly fingerprint: string;
}

interface ActivateRequest extends DeviceOfLicense {
  readonly deviceName: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface MachineFileRequest extends DeviceOfLicense {
  readonly ttlDays: number;
  readonly graceDays: number;
  readonly fingerprintComponents: Readonly<Record<string, string>> | null;
}

interface OfflineTokenRequest extends DeviceOfLicense {
  readonly ttlDays: number;
}

/**
 * The LicenseSeat API for one product. Every answer is bound to what was asked. All calls may be made at once: they
 * share one gate, which keeps to the server's rate. All throw StationError API_*, LICENSE_*, PRODUCT_*, SEAT_*,
 * DEVICE_NOT_ACTIVATED, SIGNING_KEY_UNKNOWN, CANCELLED, and for arguments the server could not take LICENSE_KEY_INVALID or FINGERPRINT_LENGTH.
 */
export interface LicensingClient {
  /** Sent without the API key. */
  health(signal?: AbortSignal): Promise<{ readonly apiVersion: string; readonly serverTime: Date }>;
  /** Takes a seat, or gives back the one the device has. After API_UNREACHABLE, API_TIMEOUT or API_MALFORMED a seat may have been taken. */
  activate(request: ActivateRequest, signal?: AbortSignal): Promise<Activation>;
  validate(request: DeviceOfLicense, signal?: AbortSignal): Promise<Validation>;
  issueMachineFile(request: MachineFileRequest, signal?: AbortSignal): Promise<IssuedMachineFile>;
  /** `answer` is the JSON text exactly as received; it is what devices verify. */
  issueOfflineToken(request: OfflineTokenRequest, signal?: AbortSignal): Promise<{ readonly answer: string }>;
  /** The id of the activation that was ended, or null when the device had none. */
  deactivate(request: DeviceOfLicense, signal?: AbortSignal): Promise<{ readonly activationId: string | null }>;
  signingKey(keyId: string, signal?: AbortSignal): Promise<SigningKey>;
  pace(): { readonly perSecond: number | null; readonly inFlight: number; readonly waiting: number };
}

/** @throws StationError API_URL_INVALID, API_UNAUTHORIZED for a key that no header can carry, USAGE for a product that is no slug */
export function createLicensingClient(options: LicensingOptions): LicensingClient {
  const { product, apiKey, clock, random, dispatcher } = options;
  const base = parseBaseUrl(options.baseUrl);
  if (!isProductSlug(product))
    throw new StationError("USAGE", "The product must be given by its slug, like my-product.");
  if (!/^[\u0021-\u007e]{1,4096}$/.test(apiKey)) {
    throw new StationError(
      "API_UNAUTHORIZED",
      "The API key is missing or has characters no key has. Check how it was given.",
    );
  }
  const concurrency = options.concurrency ?? 32;
  const pace = createPace(concurrency);
  const gate = createGate(pace, clock, patienceMs);
  const exchange = createExchange(dispatcher, base.origin, clock, options.requestTimeoutMs ?? 30_000);
  const send = createSend({ exchange, gate, clock, random });
  const families = createFamilyCalls(options.pathFamily ?? null, options.onPathFamily ?? (() => {}));
  const licenses = `/products/${product}/licenses`;
  const commonHeaders = { accept: "application/json", "accept-encoding": "identity", "user-agent": options.userAgent };
  const headers = { ...commonHeaders, authorization: `Bearer ${apiKey}` };

  const get = (path: string, getHeaders: Readonly<Record<string, string>>, signal?: AbortSignal) =>
    send({ method: "GET", path: base.prefix + path, headers: getHeaders, body: null }, signal);
  const post = (path: string, body: object, signal?: AbortSignal) => {
    const postHeaders = { ...headers, "content-type": "application/json" };
    return send({ method: "POST", path: base.prefix + path, headers: postHeaders, body: JSON.stringify(body) }, signal);
  };
  const inBody = (device: DeviceOfLicense, extra: object) => ({
    license_key: device.licenseKey,
    fingerprint: device.fingerprint,
    device_id: device.fingerprint,
    device_fingerprint: device.fingerprint,
    ...extra,
  });
  const callLicense = (action: Action, device: DeviceOfLicense, extra: object, signal?: AbortSignal) =>
    families.call((family) => {
      if (family === "body") return post(`${licenses}/${action.body}`, inBody(device, extra), signal);
      const key = encodeURIComponent(device.licenseKey);
      return post(`${licenses}/${key}/${action.path}`, { device_id: device.fingerprint, ...extra }, signal);
    }, signal);
  const askedOf = (device: DeviceOfLicense): Asked => {
    checkDevice(device);
    return { product, licenseKey: device.licenseKey, fingerprint: device.fingerprint };
  };
  const answer = <T>(reply: HttpReply, schema: z.ZodType<T>, device?: DeviceOfLicense): T => {
    if (!isSuccess(reply)) throw refusalError(reply, [apiKey, device?.licenseKey ?? ""]);
    return readAnswer(reply, schema);
  };
  const validateWhole = async (device: DeviceOfLicense, signal?: AbortSignal) => {
    const asked = askedOf(device);
    const reply = await callLicense(actions.validate, device, {}, signal);
    return bindValidation(answer(reply, validationWire, device), asked);
  };
  const activateOnce = async (request: ActivateRequest, signal?: AbortSignal) => {
    const asked = askedOf(request);
    const reply = await callLicense(actions.activate, request, activateMembers(request), signal);
    const isHeld = !isSuccess(reply) && heldCodes.has(readRefusal(reply).code ?? "");
    const held = isHeld ? (await validateWhole(request, signal)).activation : null;
    return held ?? bindActivation(answer(reply, activationWire, request), asked);
  };

  return {
    health: async (signal) => {
      const { status, api_version, timestamp } = answer(await get("/health", commonHeaders, signal), healthWire);
      if (status !== "healthy")
        throw new StationError("API_FAILED", "The licensing server says it is not healthy. Resume later.");
      return { apiVersion: api_version, serverTime: new Date(timestamp) };
    },
    activate: async (request, signal) => {
      try {
        return await activateOnce(request, signal);
      } catch (error) {
        // The seat may have been taken; asking again is free and may bring an answer that can be read.
        if (!(error instanceof StationError) || error.code !== "API_MALFORMED") throw error;
        return await activateOnce(request, signal);
      }
    },
    validate: async (request, signal) => {
      const { activation: _activation, ...validation } = await validateWhole(request, signal);
      return validation;
    },
    issueMachineFile: async (request, signal) => {
      const asked = askedOf(request);
      const { ttlDays, graceDays, fingerprintComponents } = request;
      const members = { ttl: ttlDays, grace_period: graceDays, include: ["license"] };
      const components = fingerprintComponents === null ? {} : { fingerprint_components: fingerprintComponents };
      const reply = await post(`${licenses}/machine-file`, inBody(request, { ...members, ...components }), signal);
      if (isRoutingMiss(reply)) throw notAnApi();
      return bindMachineFile(answer(reply, machineFileWire, request), asked);
    },
    issueOfflineToken: async (request, signal) => {
      const asked = askedOf(request);
      const reply = await callLicense(actions.offlineToken, request, { ttl_days: request.ttlDays }, signal);
      bindOfflineToken(answer(reply, offlineTokenWire, request), asked);
      return { answer: answerText(reply) };
    },
    deactivate: async (request, signal) => {
      askedOf(request);
      const reply = await callLicense(actions.deactivate, request, {}, signal);
      const isGone = reply.status === 410 || (!isSuccess(reply) && goneCodes.has(readRefusal(reply).code ?? ""));
      if (isGone) return { activationId: null };
      return { activationId: answer(reply, deactivationWire, request).activation_id };
    },
    signingKey: async (keyId, signal) => {
      if (!isKeyId(keyId)) throw malformed();
      const reply = await get(`/signing_keys/${keyId}`, headers, signal);
      return bindSigningKey(answer(reply, signingKeyWire), keyId);
    },
    pace: () => ({
      perSecond: pace.perSecond(clock.monotonicMs()),
      inFlight: pace.inFlight(),
      waiting: gate.waiting(),
    }),
  };
}

interface Action {
  /** Last segment of the path where the key is in the body. */
  readonly body: string;
  /** Last segment where the key is in the path. */
  readonly path: string;
}

const actions = {
  activate: { body: "activate", path: "activate" },
  validate: { body: "validate", path: "validate" },
  deactivate: { body: "deactivate", path: "deactivate" },
  offlineToken: { body: "offline-token", path: "offline_token" },
} as const satisfies Record<string, Action>;

/** Old servers refuse a second activation instead of giving back the first. */
const heldCodes: ReadonlySet<string> = new Set(["already_activated", "device_already_activated"]);
const goneCodes: ReadonlySet<string> = new Set(["activation_not_found", "already_deactivated", "device_not_activated"]);

/** The issuer takes the name that machine files show from the activation's metadata. */
function activateMembers({ deviceName, metadata }: ActivateRequest): object {
  const name = deviceName === null ? {} : { device_name: deviceName };
  const all = { ...name, ...metadata };
  return Object.keys(all).length === 0 ? name : { ...name, metadata: all };
}

function checkDevice({ licenseKey, fingerprint }: DeviceOfLicense): void {
  if (!isLicenseKey(licenseKey)) {
    throw new StationError("LICENSE_KEY_INVALID", "The licence key is not of a form the server could know. Check it.");
  }
  if (!isText(fingerprint, 8, 255)) {
    throw new StationError("FINGERPRINT_LENGTH", "The fingerprint must be 8 to 255 bytes without control characters.");
  }
}

function isSuccess({ status }: HttpReply): boolean {
  return status >= 200 && status <= 299;
}
