import type { ErrorShape } from "./api-error.ts";
import type { PathFamily, Scope } from "./config.ts";

export const actions = [
  "health",
  "activate",
  "validate",
  "deactivate",
  "heartbeat",
  "machine-file",
  "offline-token",
  "signing-keys",
  "releases",
  "release-latest",
  "download-token",
] as const;

export type Action = (typeof actions)[number];

export interface Route {
  readonly action: Action;
  readonly method: "GET" | "POST";
  /** Null: open to callers without an API key. */
  readonly scope: Scope | null;
  readonly errors: ErrorShape;
  readonly slug: string;
  /** Set when the path carries it. */
  readonly licenseKey: string | null;
  /** Key id or version: the last part of the path that is a name. */
  readonly name: string;
  readonly family: PathFamily | null;
}

export const apiPrefix = "/api/v1";

/** Null when nothing is served there, whatever the method. `path` is still percent-encoded. */
export function routeOf(path: string): Route | null {
  if (!path.startsWith(`${apiPrefix}/`)) return null;
  const parts = path
    .slice(apiPrefix.length + 1)
    .split("/")
    .map(decoded);
  if (parts.includes(null) || parts.includes("")) return null;
  const [first, second = "", third, ...rest] = parts as string[];
  if (first === "health" && parts.length === 1) return open("health");
  if (first === "signing_keys" && parts.length === 2) return { ...open("signing-keys"), name: second };
  if (first !== "products") return null;
  if (third === "licenses") return licenseRoute(second, rest);
  return third === "releases" ? releaseRoute(second, rest) : null;
}

/** One part after `licenses` is the action; of two, the first is the licence key. */
function licenseRoute(slug: string, rest: readonly string[]): Route | null {
  const action = rest.length > 2 ? undefined : licenseActions.get(rest.at(-1) ?? "");
  if (action === undefined) return null;
  return {
    action,
    method: "POST",
    scope: action === "machine-file" || action === "offline-token" ? "credentials" : "licenses",
    errors: action === "machine-file" ? "json-api" : "plain",
    slug,
    licenseKey: rest.length === 2 ? (rest[0] ?? null) : null,
    name: "",
    family: rest.length === 2 ? "path" : "body",
  };
}

function releaseRoute(slug: string, rest: readonly string[]): Route | null {
  const [version = "", last] = rest;
  if (rest.length === 0) return { ...open("releases"), slug };
  if (rest.length === 1 && version === "latest") return { ...open("release-latest"), slug };
  if (rest.length !== 2 || last !== "download_token") return null;
  return { ...open("download-token"), method: "POST", scope: "releases", slug, name: version };
}

const licenseActions: ReadonlyMap<string, Action> = new Map([
  ["activate", "activate"],
  ["validate", "validate"],
  ["deactivate", "deactivate"],
  ["heartbeat", "heartbeat"],
  ["machine-file", "machine-file"],
  ["offline-token", "offline-token"],
  ["offline_token", "offline-token"],
]);

function open(action: Action): Route {
  return { action, method: "GET", scope: null, errors: "plain", slug: "", licenseKey: null, name: "", family: null };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
