import type { DeviceRequest, RequestConflict, RequestSource } from "#shared/domain/request.ts";
import type { RequestFields } from "./parsed-request.ts";

export interface SourcedRequest {
  readonly request: RequestFields;
  readonly source: RequestSource;
}

export interface MergedRequests {
  readonly requests: readonly DeviceRequest[];
  readonly conflicts: readonly RequestConflict[];
  /** Fields other than name and licence key in which requests for one device differ; the first one counts. */
  readonly differences: readonly { readonly path: string; readonly field: string }[];
}

/**
 * One request a fingerprint: what the first one leaves open is filled from the others, in reading order. Names that
 * differ only in case or in Unicode form are one name, since people and FAT volumes read them so.
 */
export function mergeRequests(read: readonly SourcedRequest[]): MergedRequests {
  const groups = groupBy(read, (one) => one.request.fingerprint);
  const requests: DeviceRequest[] = [];
  const conflicts: RequestConflict[] = [];
  const differences: { path: string; field: string }[] = [];
  for (const group of groups.values()) {
    const merged = mergeGroup(group);
    requests.push(merged);
    const { fingerprintSha256 } = merged;
    const names = distinctBy(valuesOf(group, "deviceName"), nameKey);
    if (names.length > 1) conflicts.push({ kind: "two-names", fingerprintSha256, names, paths: pathsOf(group) });
    if (new Set(valuesOf(group, "licenseKey")).size > 1) {
      conflicts.push({ kind: "two-licenses", fingerprintSha256, paths: pathsOf(group) });
    }
    for (const { source, request } of group) {
      const field = mergedFields.find((one) => request[one] !== null && request[one] !== merged[one]);
      if (field !== undefined) differences.push({ path: source.path, field: memberNames[field] });
    }
  }
  return { requests, conflicts: [...conflicts, ...sharedNames(read)], differences };
}

// Components are not compared: two exports of one device may well differ in them.
const mergedFields = ["serial", "assetTag", "platform", "product"] as const;
const memberNames = { serial: "serial", assetTag: "asset_tag", platform: "platform", product: "product" } as const;

type Field = Exclude<keyof RequestFields, "fingerprint" | "fingerprintSha256">;

function mergeGroup(group: readonly SourcedRequest[]): DeviceRequest {
  const first = <F extends Field>(field: F): RequestFields[F] | null => {
    for (const { request } of group) if (request[field] !== null) return request[field];
    return null;
  };
  const { fingerprint = "", fingerprintSha256 = "" } = group[0]?.request ?? {};
  return {
    fingerprint,
    fingerprintSha256,
    deviceName: first("deviceName"),
    serial: first("serial"),
    assetTag: first("assetTag"),
    platform: first("platform"),
    fingerprintComponents: first("fingerprintComponents"),
    requestedAt: first("requestedAt"),
    licenseKey: first("licenseKey"),
    product: first("product"),
    sources: group.map((one) => one.source),
  };
}

function sharedNames(read: readonly SourcedRequest[]): RequestConflict[] {
  const named = read.filter((one) => one.request.deviceName !== null);
  const conflicts: RequestConflict[] = [];
  for (const group of groupBy(named, (one) => nameKey(one.request.deviceName ?? "")).values()) {
    const fingerprintSha256s = [...new Set(group.map((one) => one.request.fingerprintSha256))];
    const name = group[0]?.request.deviceName ?? "";
    if (fingerprintSha256s.length > 1) {
      conflicts.push({ kind: "one-name", name, fingerprintSha256s, paths: pathsOf(group) });
    }
  }
  return conflicts;
}

function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

function valuesOf(group: readonly SourcedRequest[], field: "deviceName" | "licenseKey"): string[] {
  return group.map((one) => one.request[field]).filter((value) => value !== null);
}

function pathsOf(group: readonly SourcedRequest[]): string[] {
  return [...new Set(group.map((one) => one.source.path))];
}

function distinctBy(values: readonly string[], keyOf: (value: string) => string): string[] {
  const kept = new Map<string, string>();
  for (const value of values) if (!kept.has(keyOf(value))) kept.set(keyOf(value), value);
  return [...kept.values()];
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
