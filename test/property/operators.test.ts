import fc from "fast-check";
import { test } from "vitest";
import { isAllowed } from "../../electron/engine/authority/permissions.ts";
import { type Role, roles } from "../../shared/domain/operator.ts";
import { badgeOf, operatorsWorld, pinOf } from "../fakes/operators-world.ts";

const names = ["Grace", "Olaf", "Otto"] as const;
const name = fc.constantFrom(...names);
const reference = fc.constantFrom("r1", "r2");
const step = fc.oneof(
  fc.record({ do: fc.constant("sign-in" as const), name }),
  fc.record({ do: fc.constant("guess" as const), name }),
  fc.record({ do: fc.constant("ask" as const), reference }),
  fc.record({ do: fc.constant("decide" as const), name, yes: fc.boolean() }),
  fc.record({ do: fc.constant("use" as const), reference }),
  fc.record({ do: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 90 }) }),
  fc.record({
    do: fc.constant("role" as const),
    name,
    role: fc.constantFrom<Role>("operator", "supervisor", "auditor"),
  }),
  fc.record({ do: fc.constant("restart" as const) }),
);

test("whatever people do in whatever order, nothing is used without one fresh approval by another supervisor each", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = operatorsWorld();
      await world.begin();
      for (const one of names) await world.join(one, "supervisor");
      const quietly = async (work: () => unknown) => {
        try {
          await work();
        } catch {
          // Refusals are the point; what got through is judged below, from the ledger alone.
        }
      };
      for (const one of steps) {
        const operators = world.operators();
        const idOf = (wanted: string) => operators.list().find((account) => account.name === wanted)?.id ?? "";
        if (one.do === "sign-in") await quietly(() => world.signIn(one.name));
        if (one.do === "guess") await quietly(() => operators.signIn(badgeOf(one.name), "guess-1"));
        if (one.do === "ask") await quietly(() => operators.approvals.ask("key-rotation", one.reference, "why"));
        if (one.do === "decide") {
          const waiting = operators.approvals.list().find(({ decision }) => decision === null)?.id ?? "";
          await quietly(() => operators.approvals.decide(waiting, badgeOf(one.name), pinOf(one.name), one.yes));
        }
        if (one.do === "use") await quietly(() => operators.requireApproval("key-rotation", one.reference));
        if (one.do === "wait") await world.clock.advance(one.minutes * 60_000);
        if (one.do === "role") {
          await quietly(() => operators.change(idOf(one.name), { name: one.name, role: one.role, active: true }));
        }
        if (one.do === "restart") world.restart();
      }
      judge(world.entries);
    }),
    { numRuns: 150 },
  );
});

/** From the entries alone, by other code than the engine's. */
function judge(entries: ReturnType<typeof operatorsWorld>["entries"]): void {
  const role = new Map<string, string>();
  const asked = new Map<string, { by: string; atMs: number; reference: string }>();
  const given = new Map<string, string>();
  for (const entry of entries) {
    if (entry.type === "operator.added" || entry.type === "operator.changed") role.set(entry.operator, entry.role);
    if (entry.type === "approval.asked") {
      asked.set(entry.approval, { by: entry.by ?? "", atMs: Date.parse(entry.at), reference: entry.reference });
    }
    if (entry.type === "approval.given") {
      if (entry.by === asked.get(entry.approval)?.by) throw new Error("approved by whoever asked");
      if (!["supervisor", "administrator"].includes(role.get(entry.by ?? "") ?? ""))
        throw new Error("approved by nobody who may");
      if (given.has(entry.approval)) throw new Error("approved twice");
      given.set(entry.approval, entry.by ?? "");
    }
    if (entry.type === "approval.used") {
      const approver = given.get(entry.approval);
      const request = asked.get(entry.approval);
      if (approver === undefined || request === undefined) throw new Error("used without an approval");
      if (approver === entry.by) throw new Error("used by whoever approved");
      if (request.reference !== entry.reference) throw new Error("used for something else");
      if (Date.parse(entry.at) - request.atMs >= 3_600_000) throw new Error("used too late");
      // Whatever comes after must not find it again.
      given.delete(entry.approval);
      asked.delete(entry.approval);
    }
  }
}

test("no role may do more signed out than in, and nobody does more than the administrator", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...roles),
      fc.constantFrom("batch.start", "ledger.page", "settings.get", "licence.paste"),
      (one, call) => {
        const may = (role: Role | null) => isAllowed(role === null ? null : { id: "op-1", role }, call, {});
        return (!may(null) || may(one)) && (!may(one) || may("administrator"));
      },
    ),
  );
});
