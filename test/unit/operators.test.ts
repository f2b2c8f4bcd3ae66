import { describe, expect, test } from "vitest";
import { lockedUntil } from "../../electron/engine/authority/operators/lock-out.ts";
import { checkPin } from "../../electron/engine/authority/operators/pin-rules.ts";
import { verifyEd25519 } from "../../shared/crypto/ed25519.ts";
import type { LedgerEntry } from "../../shared/domain/ledger-entry.ts";
import { fromBase64, must } from "../../shared/formats/encoding.ts";
import { coveredSha256, operatorSignatureMessage } from "../../shared/formats/operator-signature.ts";
import { badgeOf, operatorsWorld, pinOf } from "../fakes/operators-world.ts";

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "";
};
const hours = (count: number) => count * 3_600_000;

describe("accounts", () => {
  test("until the first account exists everybody may do everything, and nothing is signed or recorded", () => {
    const world = operatorsWorld();
    const operators = world.operators();
    operators.require("settings.update", { apiUrl: "" });
    const body = { type: "batch.abandoned" as const, batch: "batch-0001", seats_unknown: 0, reason: "operator" };
    expect([operators.inUse, operators.sign("started", [body]), operators.acting()]).toEqual([false, [body], null]);
    operators.requireApproval("key-rotation", "ledger");
    expect(world.entries).toEqual([]);
  });

  test("the first one becomes administrator whatever was asked for, is signed in, and signs for itself", async () => {
    const world = operatorsWorld();
    const operators = world.operators();
    await operators.add({ badge: "B-1", name: "Ada", role: "auditor", pin: "hopper-77" });
    expect(operators.current()).toMatchObject({ name: "Ada", role: "administrator" });
    expect(world.entries.map(({ type }) => type)).toEqual(["operator.added", "operator.signed", "operator.signed-in"]);
    expect(world.entries.every(({ by }) => by === operators.current()?.id)).toBe(true);
  });

  test("another process reads the same accounts, rules and roles from the ledger, and nobody is signed in", async () => {
    const world = operatorsWorld();
    await world.begin();
    const grace = await world.join("Grace", "supervisor");
    world.operators().change(grace, { name: "Grace H.", role: "operator", active: false });
    world.operators().setRules({ approvals: ["deactivation"], lockAfterMinutes: 3, needAllotment: true });
    const before = world.operators().list();
    const after = world.restart();
    expect(after.list()).toEqual(before);
    expect(after.rules()).toEqual({ approvals: ["deactivation"], lockAfterMinutes: 3, needAllotment: true });
    expect(after.current()).toBeNull();
    expect(await codeOf(() => after.require("batch.start", {}))).toBe("OPERATOR_SIGN_IN_NEEDED");
    expect(await codeOf(() => after.signIn(badgeOf("Grace"), pinOf("Grace")))).toBe("OPERATOR_UNKNOWN");
  });

  test("a badge is one person's, and the last administrator stays one", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    expect(
      await codeOf(() => operators.add({ badge: "B-Ada", name: "Eve", role: "operator", pin: "other-9911" })),
    ).toBe("OPERATOR_EXISTS");
    const ada = operators.list()[0]?.id ?? "";
    for (const to of [
      { role: "supervisor" as const, active: true },
      { role: "administrator" as const, active: false },
    ]) {
      expect(await codeOf(() => operators.change(ada, { name: "Ada", ...to }))).toBe("OPERATOR_LAST_ADMINISTRATOR");
    }
    await world.join("Grace", "administrator");
    operators.change(ada, { name: "Ada", role: "supervisor", active: true });
    expect(operators.current()?.role).toBe("supervisor");
  });

  test("whoever is deactivated while signed in is signed in no more", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    await world.join("Grace", "administrator");
    const ada = operators.current()?.id ?? "";
    operators.change(ada, { name: "Ada", role: "administrator", active: false });
    expect(operators.current()).toBeNull();
    expect(await codeOf(() => operators.sign("started", []))).toBe("OPERATOR_SIGN_IN_NEEDED");
  });

  test("a new PIN is a new key: the old PIN opens nothing any more, and a lock-out ends", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    const grace = await world.join("Grace", "operator");
    for (let i = 0; i < 6; i++) await codeOf(() => operators.signIn(badgeOf("Grace"), "wrong"));
    expect(await codeOf(() => world.signIn("Grace"))).toBe("OPERATOR_LOCKED_OUT");
    const before = operators.list()[1]?.publicKey;
    await operators.setPin(grace, "brand-new-8");
    expect(operators.list()[1]?.publicKey).not.toEqual(before);
    expect(await codeOf(() => world.signIn("Grace"))).toBe("OPERATOR_UNKNOWN");
    await operators.signIn(badgeOf("Grace"), "brand-new-8");
    expect(operators.current()?.name).toBe("Grace");
  });

  test("whoever changes their own PIN stays signed in and signs with the new key", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    const ada = operators.current()?.id ?? "";
    await operators.setPin(ada, "brand-new-8");
    const signed = operators.sign("started", []).at(-1);
    expect(signed).toMatchObject({ public_key: Buffer.from(operators.current()?.publicKey ?? []).toString("base64") });
  });
});

describe("badge and PIN", () => {
  test("a wrong badge and a wrong PIN get the same words and cost the same work", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    const messages: string[] = [];
    for (const [badge, pin] of [
      ["B-nobody", pinOf("Ada")],
      [badgeOf("Ada"), "not-this-1"],
    ] as const) {
      const before = world.vault.tries();
      await operators.signIn(badge, pin).catch((error: Error) => messages.push(error.message));
      expect(world.vault.tries() - before).toBe(1);
    }
    expect(messages).toHaveLength(2);
    expect(new Set(messages).size).toBe(1);
  });

  test("four wrong PINs are free, each later one doubles the wait, and a restart forgets none of it", async () => {
    const world = operatorsWorld();
    await world.begin();
    await world.join("Grace", "operator");
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      const operators = world.restart();
      const code = await codeOf(() => operators.signIn(badgeOf("Grace"), `wrong-${attempt}`));
      expect(code).toBe(attempt <= 4 ? "OPERATOR_UNKNOWN" : "OPERATOR_LOCKED_OUT");
      const until = world.restart().list()[1]?.lockedUntil ?? null;
      waits.push(until === null ? 0 : (until.getTime() - world.clock.now().getTime()) / 1000);
      if (until === null) continue;
      const tries = world.vault.tries();
      expect(await codeOf(() => world.operators().signIn(badgeOf("Grace"), pinOf("Grace")))).toBe(
        "OPERATOR_LOCKED_OUT",
      );
      await world.clock.advance(until.getTime() - world.clock.now().getTime() - 1);
      expect(await codeOf(() => world.operators().signIn(badgeOf("Grace"), pinOf("Grace")))).toBe(
        "OPERATOR_LOCKED_OUT",
      );
      expect(world.vault.tries()).toBe(tries);
      await world.clock.advance(1);
    }
    expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480]);
    await world.signIn("Grace");
    expect(world.restart().list()[1]).toMatchObject({ failures: 0, lockedUntil: null });
  });

  test("guesses side by side are counted one by one", async () => {
    const world = operatorsWorld();
    await world.begin();
    await world.join("Grace", "operator");
    const guesses = Array.from({ length: 50 }, (_, i) =>
      codeOf(() => world.operators().signIn(badgeOf("Grace"), `${i}`)),
    );
    const codes = await Promise.all(guesses);
    expect(codes.filter((code) => code === "OPERATOR_UNKNOWN")).toHaveLength(4);
    expect(world.vault.tries()).toBe(5);
  });

  test("an unknown badge is locked out like a known one", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    const codes: string[] = [];
    for (let i = 0; i < 6; i++) codes.push(await codeOf(() => operators.signIn("B-nobody", `${i}`)));
    expect(codes).toEqual([...Array<string>(4).fill("OPERATOR_UNKNOWN"), "OPERATOR_LOCKED_OUT", "OPERATOR_LOCKED_OUT"]);
  });

  test("the longest wait is eight hours", () => {
    const now = new Date(0);
    expect([5, 14, 15, 60, 2000].map((failures) => lockedUntil(failures, now)?.getTime())).toEqual([
      30_000,
      15_360_000,
      hours(8),
      hours(8),
      hours(8),
    ]);
  });

  test.each([
    ["", "badge-1"],
    ["12345", "badge-1"],
    ["000000", "badge-1"],
    ["123456", "badge-1"],
    ["890123", "badge-1"],
    ["987654", "badge-1"],
    ["135791", "badge-1"],
    ["121212", "badge-1"],
    ["123123", "badge-1"],
    ["aaaaaa", "badge-1"],
    ["abcdefg", "badge-1"],
    ["abcabcab", "badge-1"],
    ["x-badge-1-y", "badge-1"],
    ["12\n3456", "badge-1"],
    ["z".repeat(300), "badge-1"],
  ])("the PIN %j is refused", async (pin, badge) => {
    expect(await codeOf(() => checkPin(pin, badge))).toBe("OPERATOR_PIN_WEAK");
  });

  test.each(["408173", "pin-40817", "a longer sentence", "ünïcödé"])("the PIN %j is taken", (pin) => {
    checkPin(pin, "badge-1");
  });
});

describe("sessions", () => {
  test("a session nobody touches ends to the millisecond, and the ledger says so", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    await world.clock.advance(10 * 60_000 - 1);
    expect(operators.current()?.name).toBe("Ada");
    operators.touch();
    await world.clock.advance(10 * 60_000 - 1);
    expect(operators.current()?.name).toBe("Ada");
    await world.clock.advance(1);
    expect(operators.current()).toBeNull();
    expect(world.entries.at(-1)).toMatchObject({ type: "operator.signed-out", how: "idle" });
  });

  test("a process of one person's own keeps its session", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    await operators.signIn(badgeOf("Ada"), pinOf("Ada"), true);
    await world.clock.advance(hours(9));
    expect(operators.current()?.name).toBe("Ada");
  });

  test("it ends by itself, so that the window is told", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    let told = 0;
    operators.onChange(() => told++);
    await world.clock.advance(10 * 60_000);
    expect(told).toBeGreaterThan(0);
  });

  test("a sign-in that fails leaves the session before it", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    await codeOf(() => operators.signIn("B-nobody", "12"));
    expect(operators.current()?.name).toBe("Ada");
  });

  test("what began under one operator is signed by that one, whoever signs in meanwhile", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    await world.join("Grace", "operator");
    const acting = operators.acting();
    await world.signIn("Grace");
    const [signed] = acting?.sign("started", []) ?? [];
    expect(signed?.by).toBe(operators.list()[0]?.id);
    expect(operators.current()?.name).toBe("Grace");
  });
});

describe("signatures", () => {
  test("every signature in the ledger verifies over the entries before it, and over no others", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    const grace = await world.join("Grace", "supervisor");
    operators.change(grace, { name: "Grace", role: "operator", active: true });
    await operators.setPin(grace, "brand-new-8");
    const signatures = world.entries.flatMap((entry, index) =>
      entry.type === "operator.signed" ? [{ entry, index }] : [],
    );
    expect(signatures).toHaveLength(4);
    for (const { entry, index } of signatures) {
      const covered = world.entries.slice(index - entry.covers, index);
      expect(coveredSha256(covered.map(withoutInstant))).toBe(entry.subject_sha256);
      const { operator, meaning, subject_sha256: subjectSha256 } = entry;
      const key = must(fromBase64(entry.public_key), "key");
      const signature = must(fromBase64(entry.signature), "signature");
      const statement = { origin: "bench-4", operator, meaning, subjectSha256 };
      expect(verifyEd25519(key, operatorSignatureMessage(statement), signature)).toBe(true);
      for (const other of [
        { ...statement, origin: "bench-5" },
        { ...statement, operator: grace },
        { ...statement, meaning: "approved" as const },
        { ...statement, subjectSha256: "0".repeat(64) },
      ]) {
        expect(verifyEd25519(key, operatorSignatureMessage(other), signature)).toBe(false);
      }
    }
  });
});

describe("approvals", () => {
  const two = async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    await world.join("Grace", "supervisor");
    await world.join("Olaf", "operator");
    await world.join("Otto", "operator");
    await world.signIn("Olaf");
    return { world, operators, approvals: operators.approvals };
  };

  test("asked, given by another, used once: then it is needed again, also after a restart", async () => {
    const { world, operators, approvals } = await two();
    expect(await codeOf(() => operators.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
    const { id } = approvals.ask("key-rotation", "ledger", "yearly");
    expect(await codeOf(() => operators.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
    expect(await approvals.decide(id, badgeOf("Grace"), pinOf("Grace"), true)).toMatchObject({ decision: "approved" });
    expect(operators.current()?.name).toBe("Olaf");
    expect(await codeOf(() => operators.requireApproval("key-rotation", "manifest"))).toBe("APPROVAL_NEEDED");
    expect(await codeOf(() => operators.requireApproval("licence-recovery", "ledger"))).toBe("APPROVAL_NEEDED");
    operators.requireApproval("key-rotation", "ledger");
    expect(await codeOf(() => operators.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
    const after = world.restart();
    await world.signIn("Olaf");
    expect(await codeOf(() => after.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
    const told = world.entries.slice(-6).map((entry) => [entry.type, "meaning" in entry ? entry.meaning : null]);
    expect(told).toEqual([
      ["approval.asked", null],
      ["approval.given", null],
      ["operator.signed", "approved"],
      ["approval.used", null],
      ["operator.signed", "overrode"],
      ["operator.signed-in", null],
    ]);
  });

  test.each([
    ["whoever asked", "Olaf", "APPROVAL_SAME_PERSON"],
    ["an operator", "Otto", "OPERATOR_NOT_ALLOWED"],
  ])("%s can't approve", async (_, name, code) => {
    const { approvals } = await two();
    const { id } = approvals.ask("key-rotation", "ledger", "yearly");
    expect(await codeOf(() => approvals.decide(id, badgeOf(name), pinOf(name), true))).toBe(code);
    expect(approvals.list()[0]?.decision).toBeNull();
  });

  test("whoever approved can't use it themselves", async () => {
    const { world, operators, approvals } = await two();
    const { id } = approvals.ask("key-rotation", "ledger", "yearly");
    await approvals.decide(id, badgeOf("Grace"), pinOf("Grace"), true);
    await world.signIn("Grace");
    expect(await codeOf(() => operators.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
  });

  test("a refusal stands, and an hour after it was asked for an approval is gone", async () => {
    const { world, operators, approvals } = await two();
    const refused = approvals.ask("key-rotation", "ledger", "yearly");
    await approvals.decide(refused.id, badgeOf("Grace"), pinOf("Grace"), false);
    expect(await codeOf(() => operators.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
    expect(await codeOf(() => approvals.decide(refused.id, badgeOf("Grace"), pinOf("Grace"), true))).toBe(
      "APPROVAL_CLOSED",
    );
    const given = approvals.ask("key-rotation", "ledger", "yearly");
    await approvals.decide(given.id, badgeOf("Grace"), pinOf("Grace"), true);
    await world.clock.advance(hours(1));
    await world.signIn("Olaf");
    expect(await codeOf(() => operators.requireApproval("key-rotation", "ledger"))).toBe("APPROVAL_NEEDED");
  });

  test("what policy does not name needs nobody", async () => {
    const { operators } = await two();
    operators.requireApproval("deactivation", "device");
  });
});

describe("work orders", () => {
  const order = {
    workOrder: "WO-1",
    product: "acme",
    count: 10,
    maxTtlDays: 30,
    from: "2026-01-02T00:00:00Z",
    to: "2026-01-03T00:00:00Z",
  };
  const work = { workOrder: "WO-1", product: "acme", ttlDays: 30, count: 10, alreadyUsed: 0 };

  test.each([
    ["all of it", {}, null],
    ["one more than is left", { alreadyUsed: 1 }, "ALLOTMENT_EXHAUSTED"],
    ["just what is left", { alreadyUsed: 9, count: 1 }, null],
    ["a longer life", { ttlDays: 31 }, "ALLOTMENT_TTL"],
    ["a moment before", { now: new Date("2026-01-01T23:59:59.999Z") }, "ALLOTMENT_TIME"],
    ["its first moment", { now: new Date("2026-01-02T00:00:00Z") }, null],
    ["its last moment", { now: new Date("2026-01-02T23:59:59.999Z") }, null],
    ["its end", { now: new Date("2026-01-03T00:00:00Z") }, "ALLOTMENT_TIME"],
  ])("%s", async (_, change, code) => {
    const world = operatorsWorld();
    const operators = await world.begin();
    operators.workOrders.allot(order);
    const gate = operators.allotmentGate("WO-1", "acme");
    expect(gate?.({ ...work, now: new Date("2026-01-02T12:00:00Z"), ...change })?.code ?? null).toBe(code);
  });

  test("without a signed order nothing holds, unless policy asks for one; the newest one counts", async () => {
    const world = operatorsWorld();
    const operators = await world.begin();
    expect(operators.allotmentGate("WO-1", "acme")).toBeNull();
    operators.setRules({ approvals: null, lockAfterMinutes: null, needAllotment: true });
    const now = new Date("2026-01-02T12:00:00Z");
    expect(operators.allotmentGate("WO-1", "acme")?.({ ...work, now })?.code).toBe("ALLOTMENT_MISSING");
    expect(operators.allotmentGate(null, "acme")?.({ ...work, workOrder: null, now })?.code).toBe("ALLOTMENT_MISSING");
    operators.workOrders.allot(order);
    operators.workOrders.allot({ ...order, count: 3 });
    expect(operators.allotmentGate("WO-1", "acme")?.({ ...work, now })?.code).toBe("ALLOTMENT_EXHAUSTED");
    expect(operators.allotmentGate("WO-1", "other")?.({ ...work, product: "other", now })?.code).toBe(
      "ALLOTMENT_MISSING",
    );
  });
});

function withoutInstant({ at: _at, v: _v, ...body }: LedgerEntry) {
  return body;
}
