/**
 * How fast calls may go out, learned from refusals (429) alone. Pure: every method is told the time.
 *
 * A cycle runs from one refusal's end of waiting to the next refusal. At a refusal the server's allowance is known to
 * be used up, so what passed between two refusals, over the time between them, is the server's true rate. Two shapes:
 * - lump: the server asks for a long wait, so its allowance comes back all at once (a fixed window). The next cycle
 *   sends as many as passed in this one at full speed, then feels its way one by one.
 * - paced: the wait is short, so the allowance flows in (a token bucket). Calls go out evenly, a little below the
 *   measured rate, and then faster and faster until the next refusal. What flowed in while waiting is sent first.
 * After every wait one call goes ahead alone, and each that passes lets one more fly beside it.
 */
export interface Pace {
  /** 0: send now. Positive: milliseconds to wait. Null: wait until a call in flight has come back. */
  next(nowMs: number): number | null;
  sent(nowMs: number): Ticket;
  /** The call came back in whatever way but a refusal; `remaining` is what the server says is left, if it says. */
  passed(ticket: Ticket, remaining: number | null): void;
  /** No answer came, so nothing was learned. */
  lost(ticket: Ticket): void;
  refused(ticket: Ticket, nowMs: number, waitMs: number): void;
  /** Calls per second that the server is taken to allow; null while nothing was refused. */
  perSecond(nowMs: number): number | null;
  inFlight(): number;
}

export interface Ticket {
  readonly cycle: Cycle;
  readonly ramp: Ramp;
}

interface Cycle {
  /** When the first of its calls was refused. */
  refusedAt: number | null;
  passes: number;
  sent: number;
  /** Calls that were to go out at once at its start, saved up while waiting. */
  readonly savedUp: number;
}

/** How many may be in flight at once among those sent since the ramp began. */
interface Ramp {
  width: number;
  inFlight: number;
}

interface Rate {
  /** Calls a millisecond at `since`. */
  readonly base: number;
  readonly since: number;
}

// A server that asks for this long gives its allowance back at once; below it, waiting costs too little to matter.
const lumpWaitMs = 5000;
const lumpCalls = 8;
const caution = 0.97;
const decrease = 0.9;
// Timers are late by a millisecond or more; what they miss may be made up for.
const timerSlackMs = 20;

export function createPace(concurrency: number): Pace {
  let cycle: Cycle = { refusedAt: null, passes: 0, sent: 0, savedUp: 0 };
  let ramp: Ramp = { width: concurrency, inFlight: 0 };
  let inFlight = 0;
  let resumeAt = Number.NEGATIVE_INFINITY;
  /** When the allowance was last seen used up, before this cycle. */
  let emptyAt: number | null = null;
  let measured: number | null = null;
  let quota: number | null = null;
  let rate: Rate | null = null;
  let credit = { calls: 0, at: 0, most: 1 };
  let mostSavedUp = Number.POSITIVE_INFINITY;
  let remaining: number | null = null;

  return {
    next: (now) => {
      if (now < resumeAt) return resumeAt - now;
      if (cycle.refusedAt !== null) begin(now, cycle, cycle.refusedAt);
      const isNearlyUsedUp = rate === null && remaining !== null && remaining <= 0;
      if (inFlight >= concurrency || ramp.inFlight >= ramp.width || (isNearlyUsedUp && inFlight > 0)) return null;
      return rate === null ? 0 : untilCredit(now, rate);
    },
    sent: (now) => {
      if (rate !== null) {
        untilCredit(now, rate);
        credit.calls -= 1;
      }
      if (remaining !== null) remaining--;
      if (cycle.sent++ === quota) ramp = { width: 1, inFlight: 0 };
      inFlight++;
      ramp.inFlight++;
      return { cycle, ramp };
    },
    passed: (ticket, left) => {
      land(ticket);
      ticket.cycle.passes++;
      ticket.ramp.width = Math.min(concurrency, ticket.ramp.width + 1);
      // Those in flight may or may not be counted in what is left; taken as not, it is never too much.
      if (left !== null && ticket.cycle === cycle) remaining = left - inFlight;
    },
    lost: land,
    refused: (ticket, now, waitMs) => {
      land(ticket);
      // One that was sent before the last wait says nothing about what came after it.
      if (ticket.cycle !== cycle) return;
      cycle.refusedAt ??= now;
      resumeAt = Math.max(resumeAt, now + waitMs);
    },
    perSecond: (now) => {
      const perMs = rate === null ? measured : rateAt(rate, now);
      return perMs === null ? null : perMs * 1000;
    },
    inFlight: () => inFlight,
  };

  function land(ticket: Ticket): void {
    inFlight--;
    ticket.ramp.inFlight--;
  }

  /** The wait after a refusal is over: draw the lesson from the cycle that ended with it. */
  function begin(now: number, ended: Cycle, refusedAt: number): void {
    let savedUp = 0;
    if (ended.passes > 0) {
      if (emptyAt !== null && refusedAt > emptyAt) measured = ended.passes / (refusedAt - emptyAt);
      emptyAt = refusedAt;
      const isLump = resumeAt - refusedAt >= lumpWaitMs && ended.passes >= lumpCalls;
      quota = isLump ? ended.passes : null;
      rate = isLump || measured === null ? null : { base: nextRate(ended, refusedAt, measured), since: now };
    }
    if (rate !== null) {
      savedUp = Math.min(mostSavedUp, rate.base * (resumeAt - refusedAt));
      credit = { calls: savedUp, at: now, most: Math.max(1, savedUp, rate.base * timerSlackMs) };
    }
    cycle = { refusedAt: null, passes: 0, sent: 0, savedUp: Math.floor(savedUp) };
    ramp = { width: 1, inFlight: 0 };
    remaining = null;
  }

  function nextRate(ended: Cycle, refusedAt: number, measuredNow: number): number {
    if (rate === null) return measuredNow * caution;
    const current = rateAt(rate, refusedAt);
    if (ended.passes < ended.savedUp) {
      // The server saves up less than flowed in; that says nothing against the rate.
      mostSavedUp = Math.max(1, ended.passes);
      return rate.base;
    }
    mostSavedUp++;
    // A server that saves up little loses what flows in while we wait, and then less was measured than it allows.
    return measuredNow >= 0.8 * current ? Math.min(measuredNow, current) * caution : current * decrease;
  }

  function untilCredit(now: number, current: Rate): number {
    const perMs = rateAt(current, now);
    credit.calls = Math.min(credit.most, credit.calls + (now - credit.at) * perMs);
    credit.at = now;
    // A hair's breadth below one, or rounding would ask for waits of zero length.
    return credit.calls >= 1 - 1e-6 ? 0 : (1 - credit.calls) / perMs;
  }
}

/** Nearly flat at first, since the truth is near; double after a minute without a refusal, ninefold after two. */
function rateAt({ base, since }: Rate, now: number): number {
  const seconds = Math.max(0, now - since) / 1000;
  return base * (1 + 0.003 * seconds + (seconds / 60) ** 3);
}
