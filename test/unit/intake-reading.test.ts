import { describe, expect, test } from "vitest";
import { readRequests } from "../../electron/engine/intake/read-requests.ts";
import { read, request, sha256, stickWith } from "../fixtures/intake-stick.ts";

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
