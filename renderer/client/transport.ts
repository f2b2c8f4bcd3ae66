/** How a call or a feed reaches the engine. Outputs are unknown until the client has parsed them. */
export interface Transport {
  /** Resolves with a Reply; rejects only when the engine could not be reached. */
  readonly call: (name: string, input: unknown) => Promise<unknown>;
  /** The present snapshot comes at once, then every newer one. Returns its own unsubscribe. */
  readonly subscribe: (feed: string, onSnapshot: (snapshot: unknown) => void) => () => void;
  /** Tells when the way to the engine breaks and when it is back; absent where it cannot break. */
  readonly onConnection?: (listener: (up: boolean) => void) => () => void;
}
