import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { SecretStore } from "../../electron/engine/keys/index.ts";
import { openDocument } from "../../electron/engine/settings/document.ts";
import { openLicenses, toLicenseView } from "../../electron/engine/settings/license-store.ts";
import { openPolicies } from "../../electron/engine/settings/policy-store.ts";
import { firstSettings, openSettings } from "../../electron/engine/settings/settings-store.ts";
import { settings } from "../../shared/ipc/settings-contract.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "station-settings-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function memorySecrets(): SecretStore {
  const kept = new Map<string, string>();
  return {
    put: (name, value) => void kept.set(name, value),
    get: (name) => kept.get(name) ?? null,
    delete: (name) => void kept.delete(name),
    names: () => [...kept.keys()].sort(),
  };
}

describe("a document", () => {
  const schema = z.strictObject({ a: z.int() });
  const open = () => openDocument(join(home, "x.json"), schema, { a: 0 });

  test("starts with its first value, writes nothing before it is set, and keeps what was set", () => {
    const document = open();
    expect([document.get(), readdirSync(home)]).toEqual([{ a: 0 }, []]);
    document.set({ a: 7 });
    expect([document.get(), open().get(), readdirSync(home)]).toEqual([{ a: 7 }, { a: 7 }, ["x.json"]]);
    expect(statSync(join(home, "x.json")).mode & 0o077).toBe(0);
  });

  test("does not take what its schema refuses, and still has the old value", () => {
    const document = open();
    document.set({ a: 1 });
    expect(() => document.set({ a: 0.5 })).toThrow();
    expect([document.get(), open().get()]).toEqual([{ a: 1 }, { a: 1 }]);
  });

  test.each(["", "{", "[]", '{"a":"1"}', '{"a":1,"b":2}', '{"a":1,"a":2}', '{"a":1}x', "\u0000", '{"a":1e999}'])(
    "that is damaged is refused and left as it is, never replaced by an empty one: %j",
    (text) => {
      writeFileSync(join(home, "x.json"), text);
      expect(open).toThrow(
        expect.objectContaining({ code: "HOME_UNREADABLE", message: expect.stringContaining("x.json") }),
      );
      expect(readFileSync(join(home, "x.json"), "utf8")).toBe(text);
    },
  );

  test("that is a link is refused and what it leads to is left alone", () => {
    const outside = join(home, "outside.json");
    writeFileSync(outside, '{"a":5}');
    symlinkSync(outside, join(home, "x.json"));
    expect(open).toThrow(expect.objectContaining({ code: "HOME_UNREADABLE" }));
    expect(readFileSync(outside, "utf8")).toBe('{"a":5}');
  });

  test("that is not UTF-8 is refused", () => {
    writeFileSync(join(home, "x.json"), Buffer.from([0xff, 0xfe]));
    expect(open).toThrow(expect.objectContaining({ code: "HOME_UNREADABLE" }));
  });
});

describe("settings", () => {
  const first = firstSettings("press-hall");

  test("the first ones fit the contract", () => expect(settings.parse(first)).toEqual(first));

  test("a change is kept; what is not named stays", () => {
    openSettings(home, first).update({ language: "de", operator: undefined });
    expect(openSettings(home, firstSettings("other")).get()).toEqual({ ...first, language: "de" });
  });

  test("a file of an older station that lacks a member gets its first value", () => {
    writeFileSync(join(home, "settings.json"), '{"stationName":"old","slots":16}');
    expect(openSettings(home, first).get()).toEqual({ ...first, stationName: "old", slots: 16 });
  });
});

describe("licences", () => {
  const key = "LIC-ABCD-EFGH-0001";
  const license = { label: "Main", product: "my-product", pool: "a", key };

  test("the key is in the key ring alone; what is shown has neither it nor its hash", () => {
    const secrets = memorySecrets();
    const added = openLicenses(home, secrets).add(license);
    expect(readFileSync(join(home, "licenses.json"), "utf8")).not.toContain(key);
    expect(toLicenseView(added)).toEqual({
      id: added.id,
      label: "Main",
      product: "my-product",
      last4: "0001",
      pool: "a",
      state: "unknown",
      seatLimit: null,
      activeSeats: null,
      expiresAt: null,
      checkedAt: null,
    });
    expect(openLicenses(home, secrets).keyOf(added.id)).toBe(key);
  });

  test("a short key shows nothing of itself", () => {
    expect(openLicenses(home, memorySecrets()).add({ ...license, key: "ABCD1234567" }).last4).toBe("");
  });

  test("a pool's keys come in the order in which they were added, for its product only", () => {
    const licenses = openLicenses(home, memorySecrets());
    for (const [i, [product, pool]] of [
      ["p", "a"],
      ["p", "b"],
      ["q", "a"],
      ["p", "a"],
    ].entries()) {
      licenses.add({ label: "", product: product ?? "", pool: pool ?? "", key: `key-number-${i}` });
    }
    expect(licenses.keysOf("p", "a")).toEqual(["key-number-0", "key-number-3"]);
  });

  test("removing one takes its secret too; one whose secret is gone says so", () => {
    const secrets = memorySecrets();
    const licenses = openLicenses(home, secrets);
    const { id } = licenses.add(license);
    licenses.remove(id);
    expect([licenses.list(), secrets.names()]).toEqual([[], []]);
    expect(() => licenses.keyOf(id)).toThrow(expect.objectContaining({ code: "USAGE" }));
    const again = licenses.add(license);
    secrets.delete(`license/${again.id}`);
    expect(() => licenses.keyOf(again.id)).toThrow(expect.objectContaining({ code: "SECRET_MISSING" }));
  });

  test.each(["", " key-with-blank", "key\nwith-line", "x".repeat(256)])(
    "a key of the form %j is refused without repeating it",
    (bad) => {
      expect(() => openLicenses(home, memorySecrets()).add({ ...license, key: bad })).toThrow(
        expect.objectContaining({
          code: "LICENSE_KEY_INVALID",
          message: bad === "" ? expect.any(String) : expect.not.stringContaining(bad),
        }),
      );
    },
  );

  test("what the server said is kept", () => {
    const licenses = openLicenses(home, memorySecrets());
    const { sha256 } = licenses.add(license);
    const news = {
      state: "active",
      seatLimit: 10,
      activeSeats: 3,
      expiresAt: null,
      checkedAt: "2026-11-22T00:00:00Z",
    } as const;
    licenses.note(sha256, news);
    licenses.note("0".repeat(64), { ...news, seatLimit: 99 });
    expect(openLicenses(home, memorySecrets()).list()).toMatchObject([news]);
  });
});

describe("policies", () => {
  test.each([
    [{ ttlDays: 0, graceDays: 0 }, "POLICY_TTL"],
    [{ ttlDays: 3651, graceDays: 0 }, "POLICY_TTL"],
    [{ ttlDays: 30, graceDays: 31 }, "POLICY_GRACE"],
  ])("%j is refused: there is no endless one", (days, code) => {
    const policies = openPolicies(home, seededRandom("p"));
    expect(() => policies.save({ id: null, label: "x", ...days })).toThrow(expect.objectContaining({ code }));
    expect(policies.list()).toHaveLength(3);
  });

  test("one that was removed meanwhile is not changed into being", () => {
    const policies = openPolicies(home, seededRandom("p"));
    expect(() => policies.save({ id: "policy-gone", label: "x", ttlDays: 1, graceDays: 0 })).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  });
});
