import type { JsonValue } from "#shared/formats/strict-json.ts";
import type { SandboxConfig } from "./config.ts";
import type { Entropy } from "./entropy.ts";
import type { Fault } from "./misbehaviour.ts";
import type { Registry } from "./registry.ts";
import type { RequestBody } from "./request-body.ts";
import type { Route } from "./routes.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Everything an endpoint may know about the server. */
export interface World {
  readonly config: SandboxConfig;
  readonly entropy: Entropy;
  readonly registry: Registry;
  readonly keys: SigningKeys;
}

/** One authorised, parsed request. */
export interface Call {
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly body: RequestBody;
  /** From the path or the body. */
  readonly licenseKey: string | null;
  /** Unix seconds. */
  readonly now: number;
  /** What this answer should get wrong while it is made; null nearly always. */
  readonly fault: Fault | null;
}

export interface Answer {
  readonly status: number;
  readonly body: JsonValue;
  /** The registry is not what it was: to be saved before the answer leaves. */
  readonly changed?: boolean;
}

export type Endpoint = (world: World, call: Call) => Answer;
