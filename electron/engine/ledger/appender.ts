import { StationError } from "#shared/domain/errors.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { Clock } from "../platform/clock.ts";
import { encodeEntry } from "./entry-codec.ts";
import { nextInstant } from "./instant.ts";
import type { AppendOptions } from "./ledger.ts";
import type { LedgerSigner, LogWriter } from "./log-writer.ts";
import type { Lookups } from "./lookups.ts";
import { type Attachment, type Outbox, placesOf } from "./outbox.ts";
import type { Tally } from "./tally.ts";

/** Where appended things go. */
export interface AppendTarget {
  readonly writer: LogWriter;
  readonly outbox: Outbox;
  readonly lookups: Lookups;
  readonly tally: Tally | null;
  readonly clock: Clock;
  /** Who works at this moment; entries that do not say by whom they came about are by this operator. */
  readonly actor: () => string | null;
}

interface Request {
  readonly bodies: readonly LedgerEntryBody[];
  readonly attachments: readonly Attachment[];
  readonly options: AppendOptions;
  readonly resolve: (indices: readonly number[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A request whose entries are checked and encoded. */
interface Prepared {
  readonly request: Request;
  readonly texts: readonly string[];
  /** Of each attachment's entry among the bodies. */
  readonly places: readonly number[];
}

/** Group commit: requests wait in order and are written together, one bad request failing alone. */
export class Appender {
  readonly #target: AppendTarget;
  #signer: LedgerSigner;
  #lastAt: string;
  #waiting: Request[] = [];
  #timer: NodeJS.Immediate | null = null;

  constructor(target: AppendTarget, signer: LedgerSigner, lastAt: string) {
    this.#target = target;
    this.#signer = signer;
    this.#lastAt = lastAt;
  }

  /** Instant of the last entry. */
  get lastAt(): string {
    return this.#lastAt;
  }

  now(
    bodies: readonly LedgerEntryBody[],
    attachments: readonly Attachment[],
    options: AppendOptions,
  ): readonly number[] {
    let outcome: { indices: readonly number[] } | { error: unknown } = { indices: [] };
    const resolve = (indices: readonly number[]) => (outcome = { indices });
    const reject = (error: unknown) => (outcome = { error });
    this.#waiting.push({ bodies: this.#acted(bodies), attachments, options, resolve, reject });
    this.flush();
    if ("error" in outcome) throw outcome.error;
    return outcome.indices;
  }

  soon(bodies: readonly LedgerEntryBody[], attachments: readonly Attachment[]): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bodies: this.#acted(bodies), attachments, options: {}, resolve, reject });
      this.#timer ??= setImmediate(() => this.flush());
    });
  }

  #acted(bodies: readonly LedgerEntryBody[]): readonly LedgerEntryBody[] {
    const by = this.#target.actor();
    return by === null ? bodies : bodies.map((body) => (body.by === undefined ? { ...body, by } : body));
  }

  /** Writes all that waits, in one transaction. Failures go to whoever asked. */
  flush(): void {
    if (this.#timer !== null) clearImmediate(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      const isAboutClock = waiting.every(({ options }) => options.evenIfClockBehind === true);
      const at = nextInstant(this.#target.clock, this.#lastAt, isAboutClock);
      const prepared = waiting.flatMap((request) => prepare(request, at));
      if (prepared.length === 0) return;
      const firsts = this.#write(prepared, at);
      this.#lastAt = at;
      for (const [i, { request, texts }] of prepared.entries()) {
        const first = firsts[i] ?? 0;
        request.resolve(texts.map((_, offset) => first + offset));
      }
    } catch (error) {
      // A promise that is settled already stays so.
      for (const { reject } of waiting) reject(error);
    }
  }

  /** @returns the index of each request's first entry */
  #write(prepared: readonly Prepared[], at: string): readonly number[] {
    const { writer, outbox, lookups, tally } = this.#target;
    const atMs = Date.parse(at);
    let next = lookups.size;
    const firsts = prepared.map(({ texts }) => (next += texts.length) - texts.length);
    const signer = prepared.findLast(({ request }) => request.options.signer)?.request.options.signer ?? this.#signer;
    writer.write(
      prepared.flatMap(({ texts }) => texts),
      signer,
      () => {
        for (const [i, { request, places }] of prepared.entries()) {
          for (const [j, attachment] of request.attachments.entries()) {
            outbox.keep((firsts[i] ?? 0) + (places[j] ?? 0), attachment);
          }
          if (request.options.settle !== undefined) outbox.settle(request.options.settle);
        }
        for (const [i, { request }] of prepared.entries()) {
          for (const [j, body] of request.bodies.entries()) {
            lookups.note(body);
            tally?.note((firsts[i] ?? 0) + j, atMs, body);
          }
        }
      },
    );
    this.#signer = signer;
    lookups.committed();
    return firsts;
  }
}

/** Nothing when the request was refused; whoever asked is told. */
function prepare(request: Request, at: string): readonly Prepared[] {
  const { bodies, attachments, options, reject } = request;
  try {
    const { settle } = options;
    if (settle !== undefined && !bodies.some((body) => "batch" in body && body.batch === settle)) {
      throw new StationError("INTERNAL", "A batch was to be settled without an entry that says why.");
    }
    return [{ request, texts: bodies.map((body) => encodeEntry(body, at)), places: placesOf(bodies, attachments) }];
  } catch (error) {
    reject(error);
    return [];
  }
}
