import { expect, test } from "vitest";
import { allowedCalls, isAllowed } from "../../electron/engine/authority/permissions.ts";
import { type Role, roles } from "../../shared/domain/operator.ts";
import { type CallName, calls } from "../../shared/ipc/contract.ts";

// S signed out, O operator, V supervisor, U auditor, A administrator. Written out by hand, so that a slip in the
// engine's table is a difference to this one.
const table: Readonly<Record<string, string>> = {
  "lock.state": "SOVUA",
  "lock.open": "SOVUA",
  "session.get": "SOVUA",
  "session.sign-in": "SOVUA",
  "session.sign-out": "SOVUA",
  "session.touch": "SOVUA",
  "settings.get": "SOVUA",
  "settings.update": "A",
  "settings.set-api-key": "A",
  "settings.test-connection": "OVA",
  "settings.choose-ca": "A",
  "keys.export": "VUA",
  "devices.deactivate": "VA",
  "keys.rotate": "A",
  "witness.list": "OVUA",
  "witness.add": "OVUA",
  "witness.policy": "A",
  "licenses.list": "OVUA",
  "licenses.add": "VA",
  "licenses.remove": "VA",
  "licenses.check": "OVA",
  "policies.list": "OVUA",
  "policies.save": "VA",
  "policies.remove": "VA",
  "job.get": "OVUA",
  "job.set": "OVA",
  "sticks.add-folder": "OVA",
  "sticks.remove-folder": "OVA",
  "sticks.read": "OVA",
  "sticks.eject": "OVA",
  "batch.preflight": "OVA",
  "batch.start": "OVA",
  "batch.continue": "OVA",
  "batch.pause": "OVA",
  "batch.unpause": "OVA",
  "batch.stop": "OVA",
  "batch.retry-failed": "OVA",
  "batch.list": "OVUA",
  "batch.rows": "OVUA",
  "batch.rejected": "OVUA",
  "batch.proof": "OVUA",
  "batch.report": "OVUA",
  "single.issue": "OVA",
  "devices.search": "OVUA",
  "devices.history": "OVUA",
  "devices.receipt": "OVUA",
  "ledger.page": "OVUA",
  "ledger.verify": "OVUA",
  "ledger.export": "OVUA",
  "ledger.checkpoint": "OVUA",
  "stats.summary": "OVUA",
  "audit.devices": "OVUA",
  "audit.device": "OVUA",
  "audit.overrides": "OVUA",
  "audit.expiring": "OVUA",
  "audit.counts": "OVUA",
  "audit.csv": "OVUA",
  "audit.report": "OVUA",
  "audit.reconcile-csv": "VUA",
  "audit.reconcile-server": "VUA",
  "audit.reconcile-stop": "VUA",
  "audit.reconciled": "VUA",
  "rehearsal.begin": "OVA",
  "rehearsal.end": "OVA",
  "rehearsal.make-stick": "OVA",
  "bench.get": "SOVUA",
  "bench.arm": "OVA",
  "bench.disarm": "OVA",
  "bench.release": "OVA",
  "bench.allow-drive": "OVA",
  "bench.retry": "OVA",
  "bench.accept": "OVA",
  "slots.teach": "VA",
  "slots.stop-teaching": "VA",
  "slots.forget": "VA",
  "licence.get": "SOVUA",
  "licence.paste": "A",
  "licence.remove": "A",
  "licence.watch-file": "A",
  "licence.unwatch-file": "A",
  "licence.fetch": "A",
  "licence.add-vendor-key": "A",
  "licence.set-expired-policy": "A",
  "licence.recover": "A",
  "operators.list": "VUA",
  "operators.add": "A",
  "operators.change": "A",
  "operators.set-pin": "A",
  "operators.policy": "A",
  "approvals.list": "OVUA",
  "approvals.ask": "OVA",
  "approvals.decide": "OVA",
  "allotments.list": "OVUA",
  "allotments.sign": "VA",
  "carry.inspect": "OVA",
  "carry.deliver": "OVA",
  "carry.fetch": "OVA",
};

const letters: Readonly<Record<Role, string>> = { operator: "O", supervisor: "V", auditor: "U", administrator: "A" };
const contract = calls;

test("the table names every call of the contract and no other", () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(contract).sort());
  expect([...allowedCalls("anybody")].sort()).toEqual(Object.keys(contract).sort());
});

test.each(Object.entries(table))("%s: %s", (name, allowed) => {
  const call = name as CallName;
  const got = [
    isAllowed(null, call, {}) ? "S" : "",
    ...roles.map((role) =>
      isAllowed({ id: "op-1", role }, call, { apiUrl: "", id: "op-2", approvals: [] }) ? letters[role] : "",
    ),
  ].join("");
  expect([...got].sort().join("")).toBe([...allowed].sort().join(""));
});

test.each(roles)(
  "a signed-in %s may set the own PIN, ask what the rules are, and choose language and theme",
  (role) => {
    const caller = { id: "op-1", role };
    expect(isAllowed(caller, "operators.set-pin", { id: "op-1", secret: "x" })).toBe(true);
    expect(
      isAllowed(caller, "operators.policy", { approvals: null, lockAfterMinutes: null, needAllotment: null }),
    ).toBe(true);
    expect(isAllowed(caller, "settings.update", { language: "de", theme: "dark" })).toBe(true);
    expect(isAllowed(caller, "settings.update", { language: "de", proxy: "" })).toBe(role === "administrator");
    expect(isAllowed(null, "settings.update", { language: "de" })).toBe(false);
  },
);
