import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import type { DeviceRequest } from "#shared/domain/request.ts";
import { readRequests } from "../../electron/engine/intake/read-requests.ts";
import type { Files } from "../../electron/engine/platform/files.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { faultyFiles, Killed } from "../fakes/faulty-files.ts";
import { type MemoryFiles, memoryFiles } from "../fakes/memory-files.ts";

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

function stickWith(contents: Readonly<Record<string, string | Uint8Array>>): MemoryFiles {
  const files = memoryFiles();
  files.putFolder("/stick");
  for (const [path, content] of Object.entries(contents)) files.put(`/stick/${path}`, content);
  return files;
}

const read = (files: Files) => readRequests(files, "/stick");

/** What became of one file beside a good one, which must always come through. */
async function verdictOn(name: string, content: string | Uint8Array): Promise<string> {
  const report = await read(stickWith({ "good.fingerprint.txt": "good-fingerprint", [name]: content }));
  expect(report.requests.map((request) => request.fingerprint)).toContain("good-fingerprint");
  const [rejection, ...others] = report.rejected;
  if (rejection === undefined) return "accepted";
  expect(others).toEqual([]);
  expect(rejection.path).toBe(name);
  expect(rejection.message).toMatch(/^[A-Z].* .*\.$/);
  return rejection.line === null ? rejection.code : `line ${rejection.line}: ${rejection.code}`;
}

function request(fields: Partial<DeviceRequest> & Pick<DeviceRequest, "fingerprint" | "sources">): DeviceRequest {
  return {
    fingerprintSha256: sha256(fields.fingerprint),
    deviceName: null,
    serial: null,
    assetTag: null,
    platform: null,
    fingerprintComponents: null,
    requestedAt: null,
    licenseKey: null,
    product: null,
    ...fields,
  };
}

test("all three forms are read, root and three folders down, in the order of paths and lines", async () => {
  const json = JSON.stringify({
    fingerprint: "json-fingerprint",
    device_name: "Press 7",
    serial: "S-7",
    asset_tag: "A-7",
    platform: "linux",
    fingerprint_components: { board: "b1", disk: "d1" },
    requested_at: "2026-11-01T10:00:00+01:00",
  });
  const list =
    'Serial, FINGERPRINT ,device_name,asset_tag,license_key,product\r\ns1,list-fingerprint-1,"Press ""8"", left",a1,KEY-1,press\r\n\r\n,list-fingerprint-2,,,,\r\n';
  const files = stickWith({
    "a/b/c/deep.fingerprint.json": `\ufeff${json}`,
    "FINGERPRINTS.CSV": list,
    "X.FINGERPRINT.TXT": "\ufefftext-fingerprint\r\n Prüfstand 9 \r\n\r\n",
  });
  const report = await read(files);
  expect(report).toEqual({
    requests: [
      request({
        fingerprint: "list-fingerprint-1",
        deviceName: 'Press "8", left',
        serial: "s1",
        assetTag: "a1",
        licenseKey: "KEY-1",
        product: "press",
        sources: [{ path: "FINGERPRINTS.CSV", line: 2, fileSha256: sha256(list) }],
      }),
      request({
        fingerprint: "list-fingerprint-2",
        sources: [{ path: "FINGERPRINTS.CSV", line: 4, fileSha256: sha256(list) }],
      }),
      request({
        fingerprint: "text-fingerprint",
        deviceName: "Prüfstand 9",
        sources: [
          {
            path: "X.FINGERPRINT.TXT",
            line: null,
            fileSha256: sha256("\ufefftext-fingerprint\r\n Prüfstand 9 \r\n\r\n"),
          },
        ],
      }),
      request({
        fingerprint: "json-fingerprint",
        deviceName: "Press 7",
        serial: "S-7",
        assetTag: "A-7",
        platform: "linux",
        fingerprintComponents: { board: "b1", disk: "d1" },
        requestedAt: "2026-11-01T10:00:00+01:00",
        sources: [{ path: "a/b/c/deep.fingerprint.json", line: null, fileSha256: sha256(`\ufeff${json}`) }],
      }),
    ],
    rejected: [],
    conflicts: [],
    notes: [
      {
        path: "FINGERPRINTS.CSV",
        message: "The list names its product: press. Requests for another one than the batch's are refused.",
      },
    ],
    files: 3,
  });
});

test("what is not a request, is hidden, thrown away or our own is passed over in silence", async () => {
  const files = stickWith({
    "photo.jpg": "x",
    "x.fingerprint.text": "x",
    "fingerprint.txt": "x",
    "other-fingerprints.csv": "x",
    "._x.fingerprint.txt": "\0\0",
    ".Trashes/x.fingerprint.txt": "trashed-fingerprint",
    "$RECYCLE.BIN/S-1/x.fingerprint.txt": "trashed-fingerprint",
    "System Volume Information/x.fingerprint.txt": "hidden-fingerprint",
    "PROVISIONING/b/x.fingerprint.txt": "written-fingerprint",
    "a/b/c/d/e/x.fingerprint.txt": "much-too-deep-fingerprint",
  });
  files.putOther("/stick/socket", "other");
  expect(await read(files)).toEqual({ requests: [], rejected: [], conflicts: [], notes: [], files: 0 });
});

test("a folder named like ours is only skipped in the root", async () => {
  const report = await read(stickWith({ "line-2/provisioning/x.fingerprint.txt": "some-fingerprint" }));
  expect(report.requests).toHaveLength(1);
});

describe("a text request is refused when it", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["is empty", "", "REQUEST_EMPTY"],
    ["is only a byte order mark", "\ufeff", "REQUEST_EMPTY"],
    ["is only blanks", " \r\n\t\n", "REQUEST_EMPTY"],
    ["is binary", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00), "REQUEST_ENCODING"],
    ["has a NUL", "finger\0print", "REQUEST_ENCODING"],
    ["is UTF-16 with a mark", new Uint8Array(Buffer.from("\ufefffingerprint", "utf16le")), "REQUEST_ENCODING"],
    ["is UTF-16 without a mark", new Uint8Array(Buffer.from("fingerprint", "utf16le")), "REQUEST_ENCODING"],
    ["is Latin-1", new Uint8Array(Buffer.from("fingerprint\nPrüfstand", "latin1")), "REQUEST_ENCODING"],
    ["is overlong UTF-8", Uint8Array.of(0xc0, 0xaf, ...Buffer.from("12345678")), "REQUEST_ENCODING"],
    ["has 7 bytes of fingerprint", "1234567", "FINGERPRINT_LENGTH"],
    ["has 256 bytes of fingerprint", `${"é".repeat(127)}12`, "FINGERPRINT_LENGTH"],
    ["begins with an empty line", "\nPress 7", "FINGERPRINT_LENGTH"],
    ["has a blank before the fingerprint", " 12345678", "FINGERPRINT_CHARACTERS"],
    ["has a blank after the fingerprint", "12345678 \r\n", "FINGERPRINT_CHARACTERS"],
    ["has a tab in the fingerprint", "1234\t5678", "FINGERPRINT_CHARACTERS"],
    ["has an escape in the fingerprint", "1234\u001b[2J5678", "FINGERPRINT_CHARACTERS"],
    ["has a C1 control in the fingerprint", "1234\u009b5678", "FINGERPRINT_CHARACTERS"],
    ["has a bidi override in the fingerprint", "1234\u202e5678", "FINGERPRINT_CHARACTERS"],
    ["ends its lines with CR alone", "12345678\rPress 7\r", "FINGERPRINT_CHARACTERS"],
    ["has a bidi override in the name", "12345678\nPress \u202e7", "NAME_CHARACTERS"],
    ["has a bell in the name", "12345678\nPress \u0007", "NAME_CHARACTERS"],
    ["has a vertical tab at the end of the name", "12345678\nPress\u000b", "NAME_CHARACTERS"],
    ["has a name of 256 bytes", `12345678\n${"n".repeat(256)}`, "NAME_CHARACTERS"],
    ["has a third line", "12345678\nPress 7\nmore", "REQUEST_SYNTAX"],
    ["is over 64 KiB", "x".repeat(65_537), "REQUEST_TOO_LARGE"],
  ])("%s", async (_, content, code) => {
    expect(await verdictOn("x.fingerprint.txt", content)).toBe(code);
  });
});

test.each([
  ["8 bytes", "12345678"],
  ["255 bytes", `${"é".repeat(127)}1`],
  ["blanks inside", "1234 5678"],
  ["a sign that begins a formula", "=1234567"],
])("a text request with a fingerprint of %s is taken", async (_, fingerprint) => {
  const report = await read(stickWith({ "x.fingerprint.txt": fingerprint }));
  expect(report.requests.map((one) => one.fingerprint)).toEqual([fingerprint]);
});

describe("a JSON request is refused when it", () => {
  const member = (extra: string) => `{"fingerprint":"12345678",${extra}}`;
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, "x"])));
  test.each<[string, string, string]>([
    ["is empty", "", "REQUEST_EMPTY"],
    ["is not JSON", "fingerprint: 12345678", "REQUEST_SYNTAX"],
    ["has something after it", '{"fingerprint":"12345678"} x', "REQUEST_SYNTAX"],
    ["has a comment", '{"fingerprint":"12345678"/* */}', "REQUEST_SYNTAX"],
    ["has a lone surrogate", '{"fingerprint":"1234567\\ud800"}', "REQUEST_SYNTAX"],
    ["says one thing twice", '{"fingerprint":"12345678","fingerprint":"87654321"}', "REQUEST_DUPLICATE_MEMBER"],
    [
      "says one thing twice in disguise",
      '{"fingerprint":"12345678","\\u0066ingerprint":"87654321"}',
      "REQUEST_DUPLICATE_MEMBER",
    ],
    ["is nested 10,000 deep", deep, "REQUEST_TOO_DEEP"],
    ["is nested 10,000 deep where nobody looks", member(`"x":${deep}`), "REQUEST_TOO_DEEP"],
    ["is an array", '["12345678"]', "REQUEST_SHAPE"],
    ["is text", '"12345678"', "REQUEST_SHAPE"],
    ["is null", "null", "REQUEST_SHAPE"],
    ["has no fingerprint", '{"device_name":"x"}', "REQUEST_SHAPE"],
    ["has a number for a fingerprint", '{"fingerprint":12345678}', "REQUEST_SHAPE"],
    ["has a number for a name", member('"device_name":7'), "REQUEST_SHAPE"],
    ["has a __proto__", member('"__proto__":{"deviceName":"x"}'), "REQUEST_SHAPE"],
    ["has a __proto__ among the components", member('"fingerprint_components":{"__proto__":"x"}'), "REQUEST_SHAPE"],
    ["has a list of components", member('"fingerprint_components":["x"]'), "REQUEST_SHAPE"],
    ["has a number for a component", member('"fingerprint_components":{"a":1}'), "REQUEST_SHAPE"],
    ["has an empty component", member('"fingerprint_components":{"a":""}'), "REQUEST_SHAPE"],
    ["has 65 components", member(`"fingerprint_components":${many}`), "REQUEST_SHAPE"],
    ["has a component with a control", member('"fingerprint_components":{"a":"\\u0085"}'), "REQUEST_SHAPE"],
    ["has a serial with a bidi mark", member('"serial":"1\\u200f"'), "REQUEST_SHAPE"],
    ["has a day that is none", member('"requested_at":"2026-02-30T00:00:00Z"'), "REQUEST_SHAPE"],
    ["has an escaped NUL in the fingerprint", '{"fingerprint":"1234\\u00005678"}', "FINGERPRINT_CHARACTERS"],
    ["has a newline in the name", member('"device_name":"a\\nb"'), "NAME_CHARACTERS"],
    ["has a short fingerprint", '{"fingerprint":"1234567"}', "FINGERPRINT_LENGTH"],
  ])("%s", async (_, content, code) => {
    expect(await verdictOn("x.fingerprint.json", content)).toBe(code);
  });
});

test("members that requests do not have are named, escaped and kept out", async () => {
  const content =
    '{"fingerprint":"12345678","license_key":"SECRET","constructor":{"a":[1e999]},"\\u202e":1,"device_name":null}';
  const report = await read(stickWith({ "x.fingerprint.json": content }));
  expect(report.requests).toEqual([
    request({
      fingerprint: "12345678",
      sources: [{ path: "x.fingerprint.json", line: null, fileSha256: sha256(content) }],
    }),
  ]);
  expect(report.notes).toEqual([
    {
      path: "x.fingerprint.json",
      message: "Not used, since requests have no such field: license_key, constructor, \\u202e.",
    },
  ]);
});

describe("a list", () => {
  const line = (text: string) => `fingerprint,device_name\n12345678,first\n${text}\n87654321,last\n`;
  test.each<[string, string | Uint8Array, string]>([
    ["is refused when empty", "", "REQUEST_EMPTY"],
    ["is refused when it has only a header", "fingerprint\n", "REQUEST_EMPTY"],
    ["is refused without a fingerprint column", "device,name\na,b\n", "REQUEST_SHAPE"],
    ["is refused with semicolons", "fingerprint;device_name\n12345678;a\n", "REQUEST_SHAPE"],
    ["is refused with one column twice", "fingerprint,Fingerprint\n12345678,12345678\n", "REQUEST_SHAPE"],
    ["is refused with a formula in its header", "fingerprint,=1+1\n12345678,\n", "REQUEST_FORMULA"],
    ["is refused in UTF-16", new Uint8Array(Buffer.from("\ufefffingerprint\n12345678", "utf16le")), "REQUEST_ENCODING"],
    [
      "is refused in UTF-16 without a mark",
      new Uint8Array(Buffer.from("fingerprint\n", "utf16le")),
      "REQUEST_ENCODING",
    ],
    ["is refused over 8 MiB", "x".repeat(8_388_609), "REQUEST_TOO_LARGE"],
    ["goes on after a line without a fingerprint", line(",x"), "line 3: REQUEST_SHAPE"],
    ["goes on after a line with a cell too few", line("11111111"), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with a cell too many", line("11111111,a,b"), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with a stray quote", line('11111111,a"b'), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with text behind a quote", line('11111111,"a"b'), "line 3: REQUEST_SYNTAX"],
    ["goes on after a line with a line break in a name", line('11111111,"a\nb"'), "line 3: NAME_CHARACTERS"],
    ["goes on after a line with a NUL", line("1111\x001111,a"), "line 3: REQUEST_ENCODING"],
    ["goes on after a line with a lone CR", line("11111111,a\rb"), "line 3: NAME_CHARACTERS"],
    ["goes on after a line with a formula", line('11111111,"=HYPERLINK(""http://x"")"'), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with a formula behind a blank", line("11111111, =1+1"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with +", line("11111111,+1+1"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with -", line("11111111,-1"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with @", line("11111111,@SUM(A1)"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with a leading tab", line("11111111,\tx"), "line 3: REQUEST_FORMULA"],
    ["goes on after a line with a leading return", line('11111111,"\rx"'), "line 3: REQUEST_FORMULA"],
    ["goes on after a fingerprint that is a formula", line("=12345678,x"), "line 3: REQUEST_FORMULA"],
    ["goes on after a fingerprint that runs a program", line("+cmd|' /C calc'!A0,x"), "line 3: REQUEST_FORMULA"],
    ["goes on after a short fingerprint", line("1234567,x"), "line 3: FINGERPRINT_LENGTH"],
    ["goes on after a blank around a fingerprint", line("12345678 ,x"), "line 3: FINGERPRINT_CHARACTERS"],
  ])("%s", async (_, content, code) => {
    expect(await verdictOn("fingerprints.csv", content)).toBe(code);
  });

  test("gives every good line around a bad one", async () => {
    const report = await read(stickWith({ "fingerprints.csv": line('1111"1111,x') }));
    expect(report.requests.map((one) => [one.fingerprint, one.sources[0]?.line])).toEqual([
      ["12345678", 2],
      ["87654321", 4],
    ]);
  });

  test("takes base64 fingerprints that begin with a sign", async () => {
    const fingerprints = ["+abcdefgh/+=", "-abc_def-g", "--------"];
    const report = await read(stickWith({ "fingerprints.csv": ["fingerprint", ...fingerprints].join("\n") }));
    expect(report.requests.map((one) => one.fingerprint)).toEqual(fingerprints);
  });

  test("reads nothing out of line breaks in a column that is not used", async () => {
    const content = 'comment,fingerprint\n"see\n,injected-fingerprint\n",12345678\n';
    const report = await read(stickWith({ "fingerprints.csv": content }));
    expect(report.requests.map((one) => [one.fingerprint, one.sources[0]?.line])).toEqual([["12345678", 2]]);
    expect(report.notes[0]?.message).toContain("comment");
  });

  test("reads nothing after a quote that is never closed, and says so", async () => {
    const report = await read(stickWith({ "fingerprints.csv": line('11111111,"x') }));
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["12345678"]);
    expect(report.rejected.map((one) => [one.line, one.code])).toEqual([[3, "REQUEST_SYNTAX"]]);
  });

  test("never repeats a licence key in a message", async () => {
    const content = "fingerprint,license_key\n12345678,SECRET\u0007KEY\n87654321,=SECRETKEY\n";
    const report = await read(stickWith({ "fingerprints.csv": content }));
    expect(report.rejected.map((one) => one.code)).toEqual(["LICENSE_KEY_INVALID", "REQUEST_FORMULA"]);
    expect(JSON.stringify(report)).not.toContain("SECRET");
  });
});

describe("requests that belong together", () => {
  test("are one device, each filling what the others leave open", async () => {
    const report = await read(
      stickWith({
        "a.fingerprint.txt": "12345678",
        "b.fingerprint.json": '{"fingerprint":"12345678","device_name":"Press 7","serial":"1"}',
        "c.fingerprint.json": '{"fingerprint":"12345678","device_name":"PRESS 7","serial":"2","asset_tag":"A"}',
      }),
    );
    expect(report.requests).toHaveLength(1);
    expect(report.requests[0]).toMatchObject({ deviceName: "Press 7", serial: "1", assetTag: "A" });
    expect(report.requests[0]?.sources.map((source) => source.path)).toEqual([
      "a.fingerprint.txt",
      "b.fingerprint.json",
      "c.fingerprint.json",
    ]);
    expect(report.conflicts).toEqual([]);
    expect(report.notes.map((note) => note.path)).toEqual(["c.fingerprint.json"]);
  });

  test("are conflicts when they contradict each other", async () => {
    const list =
      "fingerprint,device_name,license_key\naaaaaaaa,One,K1\naaaaaaaa,Two,K1\nbbbbbbbb,Three,K1\nbbbbbbbb,Three,K2\ncccccccc,thREE,\n";
    const report = await read(stickWith({ "fingerprints.csv": list, "x.fingerprint.txt": "dddddddd\nFour" }));
    expect(report.requests).toHaveLength(4);
    expect(report.conflicts).toEqual([
      { kind: "two-names", fingerprintSha256: sha256("aaaaaaaa"), names: ["One", "Two"], paths: ["fingerprints.csv"] },
      { kind: "two-licenses", fingerprintSha256: sha256("bbbbbbbb"), paths: ["fingerprints.csv"] },
      {
        kind: "one-name",
        name: "Three",
        fingerprintSha256s: [sha256("bbbbbbbb"), sha256("cccccccc")],
        paths: ["fingerprints.csv"],
      },
    ]);
  });

  test("come in the same order whatever order the system lists them in", async () => {
    const contents = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.fingerprint.txt`, `finger-${i}`]));
    const once = await read(stickWith(contents));
    const reversed = await read(stickWith(Object.fromEntries(Object.entries(contents).reverse())));
    expect(reversed).toEqual(once);
  });
});

describe("caps", () => {
  test("a request file in the fourth folder is reported, not read", async () => {
    const report = await read(stickWith({ "a/b/c/d/x.fingerprint.txt": "12345678", "a/b/c/d/y": "y" }));
    expect(report.requests).toEqual([]);
    expect(report.rejected.map(({ path, code }) => [path, code])).toEqual([
      ["a/b/c/d/x.fingerprint.txt", "TOO_DEEP_FOLDER"],
    ]);
  });

  test("a folder with more entries than are looked at is reported and the first ones are read", async () => {
    const files = stickWith({ "good.fingerprint.txt": "good-fingerprint" });
    for (let i = 0; i < 5; i++) files.put(`/stick/full/${i}.fingerprint.txt`, `finger-${i}`);
    const report = await readRequests(files, "/stick", { caps: { entriesPerFolder: 3 } });
    expect(report.requests).toHaveLength(4);
    expect(report.rejected.map(({ path, code }) => [path, code])).toEqual([["full", "TOO_MANY_ENTRIES"]]);
  });

  test("a stick with more entries than are looked at keeps the nearer ones", async () => {
    const files = stickWith({ "a.fingerprint.txt": "near-fingerprint", "b/c": "", "d/e.fingerprint.txt": "12345678" });
    const report = await readRequests(files, "/stick", { caps: { entries: 4 } });
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["near-fingerprint"]);
    expect(report.rejected.map(({ path, code }) => [path, code])).toEqual([["d", "TOO_MANY_ENTRIES"]]);
  });

  test("reading stops at the cap of requests, refused ones counted, and says where", async () => {
    const files = stickWith({
      "fingerprints.csv": "fingerprint\n11111111\nbad\n22222222\n33333333\n44444444\n",
      "x.fingerprint.txt": "12345678",
    });
    const report = await readRequests(files, "/stick", { caps: { requests: 3 } });
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["11111111", "22222222"]);
    expect(report.rejected.map(({ path, line, code }) => [path, line, code])).toEqual([
      ["fingerprints.csv", 3, "FINGERPRINT_LENGTH"],
      ["fingerprints.csv", 5, "TOO_MANY_REQUESTS"],
    ]);
  });

  test("exactly as many requests as there may be are all taken", async () => {
    const files = stickWith({ "fingerprints.csv": "fingerprint\n11111111\n22222222\n" });
    const report = await readRequests(files, "/stick", { caps: { requests: 2 } });
    expect([report.requests.length, report.rejected.length]).toEqual([2, 0]);
  });

  test("reading stops when more is kept than fits", async () => {
    const files = stickWith({
      "a.fingerprint.txt": "11111111",
      "b.fingerprint.txt": "22222222",
      "c.fingerprint.txt": "33333333",
    });
    const report = await readRequests(files, "/stick", { caps: { keptBytes: 10 } });
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["11111111", "22222222"]);
    expect(report.rejected.map(({ path, code }) => [path, code])).toEqual([["b.fingerprint.txt", "TOO_MANY_REQUESTS"]]);
  });

  test("100,000 lines are read in bounded time", async () => {
    const lines = Array.from({ length: 100_001 }, (_, i) => `fingerprint-${i},Device ${i}`);
    const report = await read(stickWith({ "fingerprints.csv": `fingerprint,device_name\n${lines.join("\n")}\n` }));
    expect(report.requests).toHaveLength(100_000);
    expect(report.rejected.map(({ line, code }) => [line, code])).toEqual([[100_002, "TOO_MANY_REQUESTS"]]);
  });
});

describe("a stick that fails", () => {
  const contents = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f/${i}.fingerprint.txt`, `finger-${i}`]));

  async function outcome(work: Promise<unknown>): Promise<string> {
    try {
      await work;
    } catch (error) {
      if (error instanceof StationError) return error.code;
      return error instanceof Killed ? "killed" : String(error);
    }
    return "done";
  }

  test.each(["vfat", "exfat", "ext"] as const)(
    "by being pulled at any moment is gone, never empty (%s)",
    async (fileSystem) => {
      const dry = faultyFiles(stickWith(contents));
      await readRequests(dry, "/stick");
      for (let n = 0; n < dry.operations.length; n++) {
        const stick = stickWith(contents);
        stick.putFolder("/sys/block/sda");
        const mark = { device: 1, inode: (await stick.stat("/stick"))?.inode ?? 0, blockDevice: "/sys/block/sda" };
        let left = n;
        const pulling: Files = new Proxy(stick, {
          get: (target, name, receiver) => {
            if (left-- === 0) stick.pull(fileSystem);
            return Reflect.get(target, name, receiver) as unknown;
          },
        });
        expect(await outcome(readRequests(pulling, "/stick", { stick: mark }))).toBe("STICK_GONE");
      }
    },
  );

  test("by having been replaced is gone", async () => {
    const stick = stickWith(contents);
    expect(await outcome(readRequests(stick, "/stick", { stick: { device: 1, inode: 999 } }))).toBe("STICK_GONE");
  });

  test("by not being there, or not being a folder", async () => {
    expect(await outcome(readRequests(memoryFiles(), "/stick"))).toBe("STICK_GONE");
    const files = memoryFiles();
    files.put("/stick", "x");
    expect(await outcome(readRequests(files, "/stick"))).toBe("STICK_UNSAFE");
  });

  test("in one file or folder reports it and goes on, and a killed process just ends", async () => {
    const dry = faultyFiles(stickWith(contents));
    await readRequests(dry, "/stick");
    for (const [index, operation] of dry.operations.entries()) {
      const faulty = (kind: "lost" | "killed") => faultyFiles(stickWith(contents), { at: index + 1, kind });
      expect(await outcome(readRequests(faulty("killed"), "/stick"))).toBe("killed");
      if (operation.startsWith("read ")) {
        const report = await readRequests(faulty("lost"), "/stick");
        expect(report.requests).toHaveLength(11);
        expect(report.rejected).toEqual([
          {
            path: operation.slice("read /stick/".length),
            line: null,
            code: "REQUEST_UNREADABLE",
            message: "The file could not be read. Check its permissions, or copy it to the stick again.",
          },
        ]);
      } else if (operation === "list /stick/f") {
        const report = await readRequests(faulty("lost"), "/stick");
        expect(report.rejected.map(({ path, code }) => [path, code])).toEqual([["f", "REQUEST_UNREADABLE"]]);
      } else {
        expect(await outcome(readRequests(faulty("lost"), "/stick"))).toMatch(/^STICK_/);
      }
    }
  });
});

describe("on a real file system", () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "intake-"));
    root = join(folder, "stick");
    mkdirSync(root);
    writeFileSync(join(root, "good.fingerprint.txt"), "good-fingerprint\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function rejections(): Promise<readonly (readonly [string, string])[]> {
    const report = await readRequests(nodeFiles, root);
    expect(report.requests.map((one) => one.fingerprint)).toEqual(["good-fingerprint"]);
    return report.rejected.map(({ path, code }) => [path, code] as const);
  }

  test("links out of the stick and loops of links are reported and not followed", async () => {
    writeFileSync(join(folder, "outside.fingerprint.txt"), "outside-fingerprint");
    symlinkSync("../outside.fingerprint.txt", join(root, "out.fingerprint.txt"));
    symlinkSync("good.fingerprint.txt", join(root, "twin.fingerprint.txt"));
    symlinkSync(".", join(root, "loop"));
    mkdirSync(join(root, "a"));
    symlinkSync("..", join(root, "a", "up"));
    expect(await rejections()).toEqual([
      ["a/up", "REQUEST_NOT_A_FILE"],
      ["loop", "REQUEST_NOT_A_FILE"],
      ["out.fingerprint.txt", "REQUEST_NOT_A_FILE"],
      ["twin.fingerprint.txt", "REQUEST_NOT_A_FILE"],
    ]);
  });

  test("a pipe and a folder under a request's name are reported and not opened", async () => {
    execFileSync("mkfifo", [join(root, "pipe.fingerprint.txt")]);
    mkdirSync(join(root, "folder.fingerprint.json"));
    expect(await rejections()).toEqual([
      ["folder.fingerprint.json", "REQUEST_NOT_A_FILE"],
      ["pipe.fingerprint.txt", "REQUEST_NOT_A_FILE"],
    ]);
  });

  test("a file of 1 GB is reported and not read", async () => {
    for (const name of ["big.fingerprint.txt", "big.fingerprint.json", "fingerprints.csv"]) {
      writeFileSync(join(root, name), "");
      truncateSync(join(root, name), 1_000_000_000);
    }
    expect(await rejections()).toEqual([
      ["big.fingerprint.json", "REQUEST_TOO_LARGE"],
      ["big.fingerprint.txt", "REQUEST_TOO_LARGE"],
      ["fingerprints.csv", "REQUEST_TOO_LARGE"],
    ]);
  });

  test.skipIf(process.platform !== "linux")(
    "names that are not clean UTF-8 are reported where they matter",
    async () => {
      const at = (...name: readonly (string | number)[]) =>
        Buffer.concat([
          Buffer.from(`${root}/`),
          ...name.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))),
        ]);
      writeFileSync(at("bad", 0xff, ".fingerprint.txt"), "12345678");
      writeFileSync(at("song", 0xe9, ".mp3"), "x");
      writeFileSync(at("esc", 0x1b, ".fingerprint.txt"), "12345678");
      writeFileSync(at("line\nbreak.fingerprint.json"), "{}");
      mkdirSync(at("dir", 0xff));
      writeFileSync(at("dir", 0xff, "/x.fingerprint.txt"), "12345678");
      expect(await rejections()).toEqual([
        ["bad\ufffd.fingerprint.txt", "REQUEST_NAME_ENCODING"],
        ["dir\ufffd", "REQUEST_NAME_ENCODING"],
        ["esc\\x1b.fingerprint.txt", "REQUEST_NAME_ENCODING"],
        ["line\\x0abreak.fingerprint.json", "REQUEST_NAME_ENCODING"],
      ]);
    },
  );

  test.skipIf(process.getuid?.() === 0)("an unreadable file is reported with what the system said", async () => {
    writeFileSync(join(root, "x.fingerprint.txt"), "12345678", { mode: 0 });
    expect(await rejections()).toEqual([["x.fingerprint.txt", "REQUEST_UNREADABLE"]]);
  });

  test("a pull is noticed by the root having become another folder", async () => {
    mkdirSync(join(root, "f"));
    const files: Files = {
      ...nodeFiles,
      read: async (path, maxBytes) => {
        const bytes = await nodeFiles.read(path, maxBytes);
        rmSync(root, { recursive: true });
        mkdirSync(join(dirname(root), "spare"));
        mkdirSync(root);
        return bytes;
      },
    };
    await expect(readRequests(files, root)).rejects.toMatchObject({ code: "STICK_GONE" });
  });
});
