import { readFile } from "node:fs/promises";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import { type JsonObject, type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import { type Entropy, readableText } from "./entropy.ts";
import { entitlementKeyPattern, hasOuterBlanks, isMetadata, isText, slugPattern } from "./limits.ts";

/** What an API key may be used for: seats, machine files and tokens, downloads. */
export type Scope = "licenses" | "credentials" | "releases";

/** Which way licence keys travel: in the body (newest clients) or in the path (older ones). */
export type PathFamily = "body" | "path";

const allScopes: readonly Scope[] = ["licenses", "credentials", "releases"];

/** RFC 3339 in, whole Unix seconds out; null means "no such limit". */
const instant = z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000));
const text = (least: number, most: number) =>
  z.string().refine((value) => isText(value, least, most), `must be ${least} to ${most} bytes without controls`);
const slug = text(1, 100).regex(slugPattern);
const licenseKey = text(1, 255).refine((value) => !hasOuterBlanks(value), "must have no blanks around it");
const metadata = z.custom<JsonObject>((value) => isMetadata(value as JsonValue), "must be a small JSON object");

const entitlement = z.strictObject({
  key: z.string().regex(entitlementKeyPattern),
  expires_at: instant.nullable().default(null),
  /** On `updates` only: the first version that is not covered. */
  below_version: text(1, 100).optional(),
  metadata: metadata.optional(),
});

const release = z.strictObject({
  version: text(1, 255),
  channel: z.enum(["stable", "beta", "alpha"]).default("stable"),
  platform: z.enum(["macos", "windows", "linux", "any"]).default("any"),
  published_at: instant,
});

const product = z.strictObject({ slug, name: text(1, 255), releases: z.array(release).max(1000).default([]) });

export const licenseStatus = z.enum(["pending", "active", "suspended", "revoked", "expired"]);
export const seatLimit = z.int().min(1).max(2_147_483_647).nullable();
export const nullableInstant = instant.nullable();

const license = z.strictObject({
  key: licenseKey,
  product: slug,
  status: licenseStatus.default("active"),
  starts_at: nullableInstant.default(null),
  expires_at: nullableInstant.default(null),
  mode: z.enum(["hardware_locked", "floating", "named_user"]).default("hardware_locked"),
  plan_key: text(1, 100).default("standard"),
  seat_limit: seatLimit.default(null),
  entitlements: z.array(entitlement).max(500).default([]),
  metadata: metadata.nullable().default(null),
});

const apiKey = z.strictObject({
  key: z.string().regex(/^pk_[A-Za-z0-9_-]{1,200}$/),
  scopes: z.array(z.enum(["licenses", "credentials", "releases"])).default([...allScopes]),
});

const configSchema = z
  .strictObject({
    api_keys: z.array(apiKey).max(100).default([]),
    products: z.array(product).min(1).max(100),
    licenses: z.array(license).min(1).max(10_000),
    families: z
      .array(z.enum(["body", "path"]))
      .min(1)
      .default(["body", "path"]),
    machine_file_days: z.int().min(1).max(36_600).default(3650),
    offline_token_days: z.int().min(1).max(36_600).default(90),
    signing_keys: z.int().min(1).max(20).default(1),
  })
  .superRefine((config, context) => {
    const report = (message: string) => context.addIssue({ code: "custom", message });
    const slugs = new Set(config.products.map(({ slug }) => slug));
    if (slugs.size !== config.products.length) report("two products have the same slug");
    if (new Set(config.licenses.map(({ key }) => key)).size !== config.licenses.length) {
      report("two licenses have the same key");
    }
    for (const { product, starts_at, expires_at, entitlements } of config.licenses) {
      if (!slugs.has(product)) report(`a license names the product ${product}, which is not listed`);
      if (starts_at !== null && expires_at !== null && starts_at >= expires_at)
        report("a license ends before it starts");
      if (new Set(entitlements.map(({ key }) => key)).size !== entitlements.length)
        report("an entitlement is repeated");
    }
  });

/** The file as it is written; see SANDBOX.md. */
export type SandboxConfigInput = z.input<typeof configSchema>;
export type SandboxConfig = z.infer<typeof configSchema>;
export type License = Readonly<SandboxConfig["licenses"][number]>;
export type Product = Readonly<SandboxConfig["products"][number]>;
export type Release = Product["releases"][number];

/** @throws StationError USAGE naming the member that is wrong, never its value */
export function parseConfig(value: unknown): SandboxConfig {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw new StationError("USAGE", `The sandbox configuration is wrong${place}: ${issue?.message ?? "unknown"}.`);
}

/** @throws StationError USAGE */
export async function readConfig(path: string): Promise<SandboxConfig> {
  let value: unknown;
  try {
    const content = fromUtf8(await readFile(path));
    value = parseStrictJson(content ?? "", { maxValues: 500_000 });
  } catch (error) {
    throw new StationError("USAGE", "The sandbox configuration cannot be read as JSON. Check the file.", {
      cause: error,
    });
  }
  return parseConfig(value);
}

/** One product and one licence with a given number of seats that ends on the first day of the fifth year from now. */
export function defaultConfig(entropy: Entropy, seats: number, now: Date): SandboxConfig {
  const letters = readableText(entropy.derive("licence key", 20));
  return parseConfig({
    products: [
      {
        slug: "rehearsal-product",
        name: "Rehearsal product",
        releases: [{ version: "1.0.0", published_at: "2026-01-01T00:00:00Z" }],
      },
    ],
    licenses: [
      {
        key: `REHEARSAL-${letters.match(/.{5}/g)?.join("-")}`,
        product: "rehearsal-product",
        plan_key: "pro",
        seat_limit: seats,
        expires_at: `${now.getUTCFullYear() + 5}-01-01T00:00:00Z`,
        entitlements: [{ key: "pro" }],
      },
    ],
  } satisfies SandboxConfigInput);
}

/** With no API key configured there is one, derived, with every scope. */
export function apiKeysOf(config: SandboxConfig, entropy: Entropy): ReadonlyMap<string, readonly Scope[]> {
  if (config.api_keys.length > 0) return new Map(config.api_keys.map(({ key, scopes }) => [key, scopes]));
  return new Map([[`pk_test_${Buffer.from(entropy.derive("api key", 18)).toString("hex")}`, allScopes]]);
}
