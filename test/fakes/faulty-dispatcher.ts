import { Dispatcher } from "undici";
import { type FaultKind, Killed } from "./faulty-files.ts";

export interface NetworkFault {
  /** Which request, counted from 1. */
  readonly at: number;
  /** `lost`: never sent. `kept`: the server did the work and the reply is lost. `killed`: the same, and the process dies. */
  readonly kind: FaultKind;
  /** From then on every request is lost as well. */
  readonly andAllAfter?: boolean;
}

/** Any Dispatcher, with at most one fault in it; `count` tells how many requests passed. */
export class FaultyDispatcher extends Dispatcher {
  readonly #inner: Dispatcher;
  readonly #fault: NetworkFault | null;
  #dead = false;
  count = 0;

  constructor(inner: Dispatcher, fault: NetworkFault | null = null) {
    super();
    this.#inner = inner;
    this.#fault = fault;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.#dead) throw new Killed();
    const nth = ++this.count;
    const fault = this.#fault;
    const isHit = fault !== null && (nth === fault.at || (nth > fault.at && fault.andAllAfter === true));
    if (!isHit) return this.#inner.dispatch(options, handler);
    const reset = Object.assign(new Error("injected reset"), { code: "UND_ERR_SOCKET" });
    if (fault.kind === "lost" || nth > fault.at) throw reset;
    if (fault.kind === "killed") this.#dead = true;
    return this.#inner.dispatch(options, loseReply(handler, fault.kind === "killed" ? new Killed() : reset));
  }

  /** A client closes what it was given; one fault plan spans several clients, so this stays open until destroyed. */
  override close(): Promise<void> {
    return Promise.resolve();
  }

  override destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

/** Lets the exchange run to its end and then reports that it failed. */
function loseReply(handler: Dispatcher.DispatchHandler, error: Error): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | null = null;
  const fail = (): void => {
    if (controller !== null) handler.onResponseError?.(controller, error);
  };
  return {
    onRequestStart: (started, context) => {
      controller = started;
      handler.onRequestStart?.(started, context);
    },
    onResponseStart: () => {},
    onResponseData: () => {},
    onResponseEnd: fail,
    onResponseError: fail,
  };
}
