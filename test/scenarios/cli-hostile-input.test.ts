import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { batchOf, type CliWorld, fingerprintsOf, inWorld } from "./cli-world.ts";

const deep = `{"fingerprint":"fp-deep-0001","x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;

/** Every request that must be refused: its name on the stick, how it is made, its code. */
const hostile: readonly (readonly [string, (path: string, world: CliWorld) => void, string])[] = [
  ["binary.fingerprint.txt", put(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x00])), "REQUEST_ENCODING"],
  ["gigabyte.fingerprint.txt", sparse(1024 ** 3), "REQUEST_TOO_LARGE"],
  ["empty.fingerprint.txt", put(""), "REQUEST_EMPTY"],
  ["utf16.fingerprint.txt", put(Buffer.from("\ufefffp-wide-0001\n", "utf16le")), "REQUEST_ENCODING"],
  ["nul.fingerprint.txt", put("fp-nul-0001\u0000\n"), "REQUEST_ENCODING"],
  ["bidi.fingerprint.txt", put("fp-bidi-\u202e0001\n"), "FINGERPRINT_CHARACTERS"],
  ["bell.fingerprint.txt", put("fp-bell-0001\nna\u0007me\n"), "NAME_CHARACTERS"],
  ["short.fingerprint.txt", put("seven77\n"), "FINGERPRINT_LENGTH"],
  ["long.fingerprint.txt", put(`${"x".repeat(256)}\n`), "FINGERPRINT_LENGTH"],
  [
    "twice.fingerprint.json",
    put('{"fingerprint":"fp-one-0001","fingerprint":"fp-two-0001"}'),
    "REQUEST_DUPLICATE_MEMBER",
  ],
  ["deep.fingerprint.json", put(deep), "REQUEST_TOO_DEEP"],
  ["proto.fingerprint.json", put('{"fingerprint":"fp-proto-0001","__proto__":{"device_name":"x"}}'), "REQUEST_SHAPE"],
  ["number.fingerprint.json", put('{"fingerprint":12345678}'), "REQUEST_SHAPE"],
  ["outside.fingerprint.txt", link("/etc/hostname"), "REQUEST_NOT_A_FILE"],
  ["loop", link("."), "REQUEST_NOT_A_FILE"],
  ["pipe.fingerprint.txt", (path) => void spawnSync("mkfifo", [path]), "REQUEST_NOT_A_FILE"],
  ["folder.fingerprint.txt", (path) => mkdirSync(path), "REQUEST_NOT_A_FILE"],
];

function put(content: string | Buffer) {
  return (path: string) => writeFileSync(path, content);
}

function sparse(bytes: number) {
  return (path: string) => {
    writeFileSync(path, "");
    truncateSync(path, bytes);
  };
}

function link(target: string) {
  return (path: string) => symlinkSync(target, path);
}

test("each hostile request is refused by name with a code and a sentence, and every other device is provisioned", () =>
  inWorld(async (world) => {
    for (const [name, make] of hostile) make(join(world.stick, name), world);
    const notUtf8 = Buffer.concat([
      Buffer.from(`${world.stick}/`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(".fingerprint.txt"),
    ]);
    writeFileSync(notUtf8, "fp-name-0001\n");
    world.ask("a/b/c/d/far.fingerprint.txt", "fp-far-0001\n");
    world.ask(
      "fingerprints.csv",
      'fingerprint,device_name\r\nfp-c-0001,"=HYPERLINK(""http://x"",""y"")"\r\nfp-d-0001,d-device\r\nfp-e-0001\r\n',
    );
    world.askFor("z");

    const ended = await world.provision();
    expect(ended.code).toBe(1);
    const { rejected, devices, error } = batchOf(ended);
    expect(error).toBeNull();
    const found = rejected.map(({ path, line, code }) => `${path}${line === null ? "" : `:${line}`} ${code}`);
    const wanted = [
      ...hostile.map(([name, , code]) => `${name} ${code}`),
      "\ufffd\ufffd.fingerprint.txt REQUEST_NAME_ENCODING",
      "a/b/c/d/far.fingerprint.txt TOO_DEEP_FOLDER",
      "fingerprints.csv:2 REQUEST_FORMULA",
      "fingerprints.csv:4 REQUEST_SYNTAX",
    ];
    expect(found.sort()).toEqual(wanted.sort());
    for (const { message } of rejected) expect(message).toMatch(/^[A-Z].{20,}\.$/);
    expect(devices.map(({ fingerprint, status }) => [fingerprint, status])).toEqual([
      ["fp-d-0001", "delivered"],
      ["fp-z-0001", "delivered"],
    ]);
    expect(world.seats()).toEqual(fingerprintsOf("d", "z"));
    expect(await world.expectSound(fingerprintsOf("d", "z"))).toEqual([]);
    // What people read on a terminal can neither steer it nor turn it around.
    expect(ended.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }));
