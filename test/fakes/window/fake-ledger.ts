import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import { fakeDevice } from "./fake-rows.ts";

type LedgerRow = CallOutput<"ledger.page">["rows"][number];

const kinds = ["activation.intended", "activation.recorded", "machine-file.issued"] as const;
const firstInstant = Date.parse("2026-11-03T06:40:00Z");

/** A made-up ledger: a creation, then batches of devices with three entries each. */
export function fakeLedger(size: number) {
  const rowAt = (index: number): LedgerRow => {
    const at = new Date(firstInstant + index * 61_000).toISOString().replace(/\.\d+Z$/, "Z");
    const plain = { index, at, operator: null, fingerprintSha256: null, deviceName: null };
    const place = (index - 1) % 40;
    const batch = `b-2026-${String(Math.floor((index - 1) / 40) + 1).padStart(4, "0")}`;
    const json = (type: string, more: object) => JSON.stringify({ at, type, v: 1, ...more });
    if (index === 0) {
      const type = "ledger.created";
      return { ...plain, type, batch: null, json: json(type, { station: "Plant 2, bench 4" }) };
    }
    const ends: Readonly<Record<number, string>> = {
      0: "batch.started",
      37: "delivery.intended",
      38: "delivery.committed",
      39: "batch.finished",
    };
    const end = ends[place];
    if (end !== undefined) {
      return { ...plain, type: end, batch, operator: "R. Vogel", json: json(end, { batch, operator: "R. Vogel" }) };
    }
    const device = fakeDevice(batch, Math.floor((place - 1) / 3));
    const type = kinds[(place - 1) % 3] ?? "activation.intended";
    const body = {
      batch,
      fingerprint: device.fingerprint,
      fingerprint_sha256: device.fingerprintSha256,
      device_name: device.name,
      serial: device.serial,
    };
    return {
      ...plain,
      type,
      batch,
      operator: "R. Vogel",
      fingerprintSha256: device.fingerprintSha256,
      deviceName: device.name,
      json: json(type, body),
    };
  };
  const all = Array.from({ length: size }, (_, index) => rowAt(index));
  return {
    size: () => all.length,
    root: () => sha256Hex(utf8(`root of ${all.length}`)),
    append: (row: Omit<LedgerRow, "index">) => all.push({ ...row, index: all.length }) - 1,
    page({ before, limit, type, query }: CallInput<"ledger.page">): CallOutput<"ledger.page"> {
      const needle = query.trim().toLowerCase();
      const rows = all
        .slice(0, before ?? all.length)
        .reverse()
        .filter((row) => type === null || row.type === type)
        .filter((row) =>
          `${row.deviceName ?? ""} ${row.batch ?? ""} ${row.operator ?? ""} ${row.fingerprintSha256 ?? ""}`
            .toLowerCase()
            .includes(needle),
        );
      return { size: all.length, rows: rows.slice(0, limit) };
    },
    history: (fingerprintSha256: string) => all.filter((row) => row.fingerprintSha256 === fingerprintSha256),
    devices({ query, offset, limit }: CallInput<"devices.search">): CallOutput<"devices.search"> {
      const needle = query.trim().toLowerCase();
      const issued = all.filter((row) => row.type === "machine-file.issued").reverse();
      const hits = issued
        .map((row, index) => {
          const body = JSON.parse(row.json) as { fingerprint: string; serial: string };
          const soon = index % 9 === 2 ? 12 : index % 17 === 5 ? -3 : 90 + (index % 120);
          return {
            fingerprintSha256: row.fingerprintSha256 ?? "",
            fingerprint: body.fingerprint,
            name: row.deviceName,
            serial: body.serial,
            lastIssuedAt: row.at,
            expiresAt: new Date(Date.parse("2026-11-22T09:00:00Z") + soon * 86_400_000).toISOString(),
            files: 1 + (index % 3),
          };
        })
        .filter((hit) => `${hit.name ?? ""} ${hit.serial} ${hit.fingerprint}`.toLowerCase().includes(needle));
      return { total: hits.length, rows: hits.slice(offset, offset + limit) };
    },
  };
}
