import { describe, expect, it } from "vitest";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { formatStatement, parseStatement, type ProvisioningStatement } from "#shared/formats/statement.ts";
import { exampleStatement } from "../fixtures/format-examples.ts";

type Predicate = ProvisioningStatement["predicate"];
type Device = Predicate["devices"][number];

const withPredicate = (change: Partial<Predicate>): ProvisioningStatement => ({
  ...exampleStatement,
  predicate: { ...exampleStatement.predicate, ...change },
});
const [exampleDevice] = exampleStatement.predicate.devices as [Device];
const withDevice = (change: Partial<Device>): ProvisioningStatement =>
  withPredicate({ devices: [{ ...exampleDevice, ...change }] });
const refusal = (code: string): unknown => expect.objectContaining({ name: "StationError", code });
const text = canonicalJson(exampleStatement);

describe("the manifest", () => {
  it("comes back as it was written", () => {
    expect(parseStatement(formatStatement(exampleStatement))).toEqual(exampleStatement);
  });

  it.each<[string, ProvisioningStatement]>([
    ["subjects out of order", { ...exampleStatement, subject: exampleStatement.subject.toReversed() }],
    ["a subject twice", { ...exampleStatement, subject: exampleStatement.subject.flatMap((one) => [one, one]) }],
    ["no subject", { ...exampleStatement, subject: [] }],
    ["a device whose file is no subject", withDevice({ file: "other.lic" })],
    ["a device whose receipt is no subject", withDevice({ receipt: "other.tlog-proof" })],
    ["a file that is its own receipt", withDevice({ receipt: exampleDevice.file })],
    ["a device twice", withPredicate({ devices: [exampleDevice, exampleDevice] })],
    ["an entry at the ledger's end", withDevice({ ledger_index: 2 })],
    ["a file in another folder", withDevice({ file: "../x.lic" })],
    ["an instant that is not UTC", withDevice({ issued_at: "2026-11-02T09:30:00+01:00" })],
    ["a digest that is too short", withDevice({ fingerprint_sha256: "00" })],
    ["a root that is not 32 bytes", withPredicate({ ledger: { ...exampleStatement.predicate.ledger, root: "AA==" } })],
    ["a batch that is no id", withPredicate({ batch: "../../etc" })],
    ["a text over 1,024 characters", withPredicate({ operator: "a".repeat(1025) })],
  ])("with %s is neither written nor accepted", (_, statement) => {
    expect(() => formatStatement(statement)).toThrow(refusal("INTERNAL"));
    expect(() => parseStatement(utf8(canonicalJson(statement)))).toThrow(refusal("VERIFY_MANIFEST"));
  });

  it.each<[string, string]>([
    ["a member more", text.replace('"batch"', '"a":1,"batch"')],
    ["a member less", text.replace('"operator":"M. Okafor",', "")],
    ["another type of statement", text.replace("Statement/v1", "Statement/v2")],
    ["another predicate", text.replace("provisioning/v1", "provisioning/v2")],
    ["a list in its place", "[]"],
  ])("with %s is refused", (_, json) => {
    expect(() => parseStatement(utf8(json))).toThrow(refusal("VERIFY_MANIFEST"));
  });

  it.each<[string, Uint8Array]>([
    ["white space", utf8(`${text}\n`)],
    ["a member twice", utf8(text.replace('"batch"', '"batch":"x","batch"'))],
    ["names out of order", utf8(JSON.stringify(exampleStatement))],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["nothing", new Uint8Array(0)],
  ])("with %s is refused", (_, bytes) => {
    expect(() => parseStatement(bytes)).toThrow(refusal("VERIFY_ENCODING"));
  });
});
