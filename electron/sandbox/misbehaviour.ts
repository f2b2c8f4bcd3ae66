import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { Entropy } from "./entropy.ts";
import { type Action, actions } from "./routes.ts";

/** Instead of the work: nothing was done when the client hears of these. */
const before = ["drop-before", "status", "rate-limited", "redirect", "html"] as const;
/** In the work: what is made is wrong. */
const within = [
  "seats-exhausted",
  "other-key",
  "unknown-key",
  "file-wrong-fingerprint",
  "file-wrong-license",
  "file-wrong-product",
  "file-wrong-activation",
  "file-tampered",
  "file-expired",
] as const;
/** After the work: it was done and saved, only the answer suffers. */
const after = [
  "drop-after",
  "status-after",
  "truncated-body",
  "malformed-json",
  "duplicate-member",
  "empty-body",
  "oversize-body",
  "slow-body",
  "wrong-fingerprint",
  "wrong-license",
  "wrong-product",
] as const;

const faultNames = ["latency", ...before, ...within, ...after] as const;

const count = z.int().min(1).max(1_000_000_000);

const ruleSchema = z.strictObject({
  /** Every condition given must hold; the numbers count the requests that met `action` and `fingerprint`, from 1. */
  match: z
    .strictObject({
      action: z.union([z.enum(actions), z.array(z.enum(actions)).min(1)]).optional(),
      fingerprint: z.string().max(255).optional(),
      nth: count.optional(),
      from: count.optional(),
      every: count.optional(),
      probability: z.number().min(0).max(1).optional(),
    })
    .default({}),
  fault: z.enum(faultNames),
  /** How often at most; without it, always. */
  times: count.optional(),
  /** latency, slow-body: milliseconds. */
  ms: z.int().min(0).max(600_000).default(1000),
  /** status, status-after. */
  status: z.int().min(400).max(599).default(500),
  code: z
    .string()
    .regex(/^[a-z_]{1,100}$/)
    .default("server_error"),
  /** status, status-after, rate-limited: seconds. */
  retry_after: z.int().min(0).max(86_400).optional(),
  /** oversize-body. */
  bytes: count.max(256 * 1024 * 1024).default(5 * 1024 * 1024),
  /** redirect; without it, the same path again. */
  location: z
    .string()
    .regex(/^[!-~]{1,2000}$/)
    .optional(),
});

export type MisbehaviourRule = z.input<typeof ruleSchema>;
export type Fault = z.infer<typeof ruleSchema>;

/** @throws StationError USAGE naming the member that is wrong */
export function parseRules(value: unknown): readonly Fault[] {
  const parsed = z.array(ruleSchema).max(1000).safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StationError("USAGE", `The misbehaviour rules are wrong at ${issue?.path.join(".")}: ${issue?.message}.`);
}

export interface Misbehaviour {
  /** Replaces all rules; counting starts anew. */
  set(rules: readonly Fault[]): void;
  /** Counts this request for every rule and gives the first rule that strikes. */
  next(action: Action, fingerprint: string | null): Fault | null;
}

export function createMisbehaviour(entropy: Entropy): Misbehaviour {
  let rules: { readonly rule: Fault; seen: number; struck: number }[] = [];
  let generation = 0;
  return {
    set: (wanted) => {
      generation++;
      rules = wanted.map((rule) => ({ rule, seen: 0, struck: 0 }));
    },
    next: (action, fingerprint) => {
      let struck: Fault | null = null;
      for (const [index, state] of rules.entries()) {
        if (!concerns(state.rule, action, fingerprint)) continue;
        state.seen++;
        const { times, match } = state.rule;
        // Drawn for every request that is seen, so that one rule's luck never shifts another's.
        const lucky =
          match.probability === undefined || entropy.chance(`rule ${generation}.${index}`) < match.probability;
        if (struck !== null || !lucky || !isTurn(state.rule, state.seen)) continue;
        if (times !== undefined && state.struck >= times) continue;
        state.struck++;
        struck = state.rule;
      }
      return struck;
    },
  };
}

/** Whether the work is not to be done at all. */
export function preventsWork(fault: Fault): boolean {
  return (before as readonly string[]).includes(fault.fault);
}

function concerns({ match }: Fault, action: Action, fingerprint: string | null): boolean {
  if (match.fingerprint !== undefined && match.fingerprint !== fingerprint) return false;
  if (match.action === undefined) return true;
  return typeof match.action === "string" ? match.action === action : match.action.includes(action);
}

function isTurn({ match }: Fault, seen: number): boolean {
  const { nth, from, every } = match;
  return (
    (nth === undefined || seen === nth) &&
    (from === undefined || seen >= from) &&
    (every === undefined || seen % every === 0)
  );
}
