import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";

export interface ApiHealth {
  /** Null until it was asked once. */
  readonly reachable: boolean | null;
  /** Since when it has been so, RFC 3339. */
  readonly since: string | null;
  note(reachable: boolean): void;
  /** Another server, or another way to it: what was known is worth nothing. */
  forget(): void;
}

export function createApiHealth(clock: Clock, changed: () => void): ApiHealth {
  let reachable: boolean | null = null;
  let since: string | null = null;
  const set = (next: boolean | null) => {
    if (next === reachable) return;
    reachable = next;
    since = next === null ? null : clock.now().toISOString();
    changed();
  };
  return {
    get reachable() {
      return reachable;
    },
    get since() {
      return since;
    },
    note: set,
    forget: () => set(null),
  };
}

/** Whether an error means that nobody answered; any answer at all, a refusal too, comes from a server that is there. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof StationError && (error.code === "API_UNREACHABLE" || error.code === "API_TIMEOUT");
}
