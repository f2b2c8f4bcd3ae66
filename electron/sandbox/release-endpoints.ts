import type { JsonObject } from "#shared/formats/strict-json.ts";
import { instant } from "./answers.ts";
import { ApiError, badParameter } from "./api-error.ts";
import type { Product, Release } from "./config.ts";
import { livingLicense } from "./license-endpoints.ts";
import { activeEntitlements } from "./life-cycle.ts";
import { isBelowCeiling } from "./version-ceiling.ts";
import type { Answer, Call, World } from "./world.ts";

const tokenSeconds = 3600;

export function listReleases(world: World, call: Call): Answer {
  const { slug } = call.route;
  const found = filteredReleases(world, call);
  const limit = wholeNumber(call.query, "limit", 1, 100) ?? 20;
  const start = wholeNumber(call.query, "cursor", 0, 1_000_000) ?? 0;
  const end = start + limit;
  const more = end < found.length;
  return {
    status: 200,
    body: {
      object: "list",
      data: found.slice(start, end).map((release) => releaseObject(slug, release)),
      has_more: more,
      next_cursor: more ? String(end) : null,
    },
  };
}

export function latestRelease(world: World, call: Call): Answer {
  const newest = filteredReleases(world, call)[0];
  if (newest === undefined) throw noRelease();
  return { status: 200, body: releaseObject(call.route.slug, newest) };
}

/** A token for one download. It opens nothing: there is nothing here to download. */
export function downloadToken(world: World, call: Call): Answer {
  const license = livingLicense(world, call);
  const version = call.route.name;
  const product = productOf(world, call);
  if (!publishedReleases(product, call.now).some((release) => release.version === version)) throw noRelease();
  const ceiling = activeEntitlements(license, call.now).find(({ key }) => key === "updates")?.below_version;
  if (ceiling !== undefined && !isBelowCeiling(version, ceiling)) {
    throw new ApiError(422, "version_not_entitled", "The license does not cover this version.");
  }
  const label = `download\0${license.key}\0${version}\0${call.now}`;
  return {
    status: 200,
    body: {
      object: "download_token",
      token: Buffer.from(world.entropy.once(label, 32)).toString("base64url"),
      expires_at: instant(call.now + tokenSeconds),
    },
  };
}

/** Newest first; a platform's filter also lets through what runs anywhere. */
function filteredReleases(world: World, call: Call): readonly Release[] {
  const channel = choice(call.query, "channel", ["stable", "beta", "alpha"]);
  const platform = choice(call.query, "platform", ["macos", "windows", "linux", "any"]);
  return publishedReleases(productOf(world, call), call.now).filter(
    (release) =>
      (channel === null || release.channel === channel) &&
      (platform === null || release.platform === platform || release.platform === "any"),
  );
}

function publishedReleases(product: Product, now: number): readonly Release[] {
  return product.releases
    .filter(({ published_at }) => published_at <= now)
    .sort((a, b) => b.published_at - a.published_at);
}

function productOf({ registry }: World, { route }: Call): Product {
  const product = registry.product(route.slug);
  if (product === null) throw new ApiError(404, "product_not_found", "No product has this slug.");
  return product;
}

function releaseObject(slug: string, { version, channel, platform, published_at }: Release): JsonObject {
  return { object: "release", version, channel, platform, product_slug: slug, published_at: instant(published_at) };
}

function noRelease(): ApiError {
  return new ApiError(404, "release_not_found", "No release fits.");
}

function choice(query: URLSearchParams, name: string, allowed: readonly string[]): string | null {
  const value = query.get(name);
  if (value !== null && !allowed.includes(value)) throw badParameter(name, `must be one of ${allowed.join(", ")}`);
  return value;
}

function wholeNumber(query: URLSearchParams, name: string, least: number, most: number): number | null {
  const value = query.get(name);
  if (value === null) return null;
  const number = /^[0-9]{1,7}$/.test(value) ? Number(value) : -1;
  if (number < least || number > most) throw badParameter(name, `must be a whole number from ${least} to ${most}`);
  return number;
}
