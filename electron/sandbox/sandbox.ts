import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { randomBytes } from "node:crypto";
import { StationError } from "#shared/domain/errors.ts";
import { fromHex, must } from "#shared/formats/encoding.ts";
import { ApiError } from "./api-error.ts";
import { answerApi, type ServerParts } from "./api.ts";
import { createConditions, createDelays } from "./conditions.ts";
import {
  apiKeysOf,
  defaultConfig,
  parseConfig,
  readConfig,
  type SandboxConfig,
  type SandboxConfigInput,
  type Scope,
} from "./config.ts";
import { activationList, answerControl, controlPrefix } from "./control.ts";
import { createEntropy, type Entropy, rootOfSeed } from "./entropy.ts";
import { answerIssuer, isIssuerPath } from "./issuer-endpoints.ts";
import { createIssuer, type Issuer } from "./issuer.ts";
import { type MisbehaviourRule, parseRules } from "./misbehaviour.ts";
import type { RateLimitKind } from "./rate-limit.ts";
import { createRegistry } from "./registry.ts";
import { errorReply, rehearsalHeader, sendReply } from "./reply.ts";
import { apiPrefix } from "./routes.ts";
import { createSigningKeys } from "./signing-keys.ts";
import { createStateSaver, loadState, type SavedState } from "./state-file.ts";
import type { World } from "./world.ts";

/** All optional; see SANDBOX.md. */
export interface SandboxOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly rateLimitPerMinute?: number | null;
  readonly rateLimitKind?: RateLimitKind;
  /** Seats of the licence that is there without a configuration; 100,000 by default. */
  readonly seats?: number;
  /** The same seed gives the same keys, licence and ids. Without one everything is random. */
  readonly seed?: string;
  readonly control?: boolean;
  readonly config?: SandboxConfigInput;
  readonly configFile?: string;
  readonly stateFile?: string;
  readonly misbehave?: readonly MisbehaviourRule[];
  readonly clock?: () => Date;
}

export interface RunningSandbox {
  /** Ends in /api/v1. */
  readonly url: string;
  readonly apiKey: string;
  readonly product: string;
  readonly licenseKey: string;
  /** Of the key that signs now. */
  readonly keyId: string;
  /** Raw 32 bytes in standard padded Base64. */
  readonly publicKey: string;
  /** Issues station licences; its addresses are at the root of the same port. */
  readonly issuer: Issuer;
  /** Seats that are taken now, in the order they were taken. */
  activations(): ReturnType<typeof activationList>;
  /** Replaces all misbehaviour rules. */
  misbehave(rules: readonly MisbehaviourRule[]): void;
  close(): Promise<void>;
}

const defaultSeats = 100_000;

/** A LicenseSeat-compatible server on 127.0.0.1. @throws StationError USAGE, HOME_UNREADABLE */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const clock = options.clock ?? (() => new Date());
  const state = options.stateFile === undefined ? null : await loadState(options.stateFile);
  const entropy = entropyFor(options, state);
  const config = await configFor(options, entropy, clock());
  const world: World = {
    config,
    entropy,
    registry: createRegistry(config),
    keys: createSigningKeys(entropy, config.signing_keys, Math.floor(clock().getTime() / 1000)),
  };
  if (state !== null) {
    world.registry.restore(state.registry);
    world.keys.restore(state.keys);
  }
  const save = saverFor(options, world);
  const conditions = createConditions(settingsOf(options), entropy);
  const apiKeys = apiKeysOf(config, entropy);
  const parts: ServerParts = { world, conditions, delays: createDelays(), apiKeys, clock, save };
  // So that a state file fixes what was random from the first moment.
  await save();
  const issuer = createIssuer(entropy);
  const isControlled = options.control === true;
  const server = createServer((request, response) => void handle(parts, issuer, isControlled, request, response));
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}${apiPrefix}`,
    apiKey: mainKey(apiKeys),
    product: must(config.licenses[0], "a licence").product,
    licenseKey: must(config.licenses[0], "a licence").key,
    get keyId() {
      return world.keys.signing().keyId;
    },
    get publicKey() {
      return world.keys.signing().publicKey;
    },
    issuer,
    activations: () => activationList(world.registry.activations()),
    misbehave: (rules) => {
      conditions.change({ rules: parseRules(rules) });
    },
    close: async () => {
      parts.delays.close();
      await close(server);
      await save();
    },
  };
}

function entropyFor({ seed, stateFile }: SandboxOptions, state: SavedState | null): Entropy {
  const wanted = seed === undefined ? null : rootOfSeed(seed);
  if (state === null) return createEntropy(wanted ?? randomBytes(32), wanted !== null);
  const root = must(fromHex(state.root), "the saved root");
  if (wanted !== null && Buffer.compare(wanted, root) !== 0) {
    throw new StationError("USAGE", `The state file ${stateFile} was made with another seed. Name another file.`);
  }
  return createEntropy(root, state.seeded);
}

async function configFor(options: SandboxOptions, entropy: Entropy, now: Date): Promise<SandboxConfig> {
  const { config, configFile, seats } = options;
  if (config === undefined && configFile === undefined) {
    return defaultConfig(entropy, whole("seats", seats ?? defaultSeats, 1, 2_147_483_647), now);
  }
  if (seats !== undefined) {
    throw new StationError("USAGE", "With a configuration, seats are set in it: leave the option out.");
  }
  return configFile === undefined ? parseConfig(config) : await readConfig(configFile);
}

function settingsOf(options: SandboxOptions) {
  const limit = options.rateLimitPerMinute ?? null;
  return {
    latencyMs: whole("latency", options.latencyMs ?? 0, 0, 600_000),
    jitterMs: whole("jitter", options.jitterMs ?? 0, 0, 600_000),
    rateLimitPerMinute: limit === null ? null : whole("rate limit", limit, 1, 1_000_000_000),
    rateLimitKind: options.rateLimitKind ?? "window",
    rules: parseRules(options.misbehave ?? []),
  };
}

function saverFor({ stateFile }: SandboxOptions, { entropy, keys, registry }: World): () => Promise<void> {
  if (stateFile === undefined) return async () => {};
  return createStateSaver(stateFile, () => ({
    version: 1,
    root: Buffer.from(entropy.root).toString("hex"),
    seeded: entropy.seeded,
    keys: keys.saved(),
    registry: registry.saved(),
  }));
}

/** The first key that may do everything, else the first. */
function mainKey(keys: ReadonlyMap<string, readonly Scope[]>): string {
  const all = [...keys];
  return must(all.find(([, scopes]) => scopes.length === 3) ?? all[0], "an API key")[0];
}

async function handle(
  parts: ServerParts,
  issuer: Issuer,
  control: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A client that goes away in the middle is an everyday thing here.
  response.on("error", () => {});
  const url = URL.parse(request.url ?? "", "http://127.0.0.1");
  if (url === null) {
    const error = new ApiError(400, "invalid_request", "The address is not understood.");
    await sendReply(response, errorReply(error, "plain"), null, parts.delays);
  } else if (control && url.pathname.startsWith(`${controlPrefix}/`)) {
    await sendReply(response, await answerControl(parts, request, url.pathname), null, parts.delays);
  } else if (isIssuerPath(url.pathname)) {
    const now = Math.floor(parts.clock().getTime() / 1000);
    await sendReply(response, await answerIssuer(issuer, request, url.pathname, now), null, parts.delays);
  } else {
    const { reply, fault } = await answerApi(parts, request, url);
    await sendReply(response, reply, fault, parts.delays);
  }
}

function listen(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = 65_000;
  server.on("clientError", (_error, socket) => refuseRaw(socket as Socket));
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new StationError("USAGE", `The sandbox cannot listen on port ${port}. Choose another.`, { cause }));
    });
    server.listen(whole("port", port, 0, 65_535), "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** What is not even HTTP gets JSON and the header as well. */
function refuseRaw(socket: Socket): void {
  if (!socket.writable) return;
  const { text } = errorReply(new ApiError(400, "invalid_request", "The request is not HTTP."), "plain");
  const headers = {
    ...rehearsalHeader,
    "content-type": "application/json",
    "content-length": text.length,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(["HTTP/1.1 400 Bad Request", ...lines, "", text].join("\r\n"));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function whole(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new StationError("USAGE", `The ${what} must be a whole number from ${least} to ${most}.`);
}
