import { createContext, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Failure } from "#shared/domain/errors.ts";
import type { CallInput, CallName, CallOutput } from "#shared/ipc/contract.ts";
import type { Reply } from "#shared/ipc/reply.ts";
import type { Live, LiveState } from "../model/live.ts";
import type { Client } from "./client.ts";

export interface StationWindow {
  readonly client: Client;
  readonly live: Live;
}

export const StationContext = createContext<StationWindow | null>(null);

export function useStation(): StationWindow {
  const station = useContext(StationContext);
  if (station === null) throw new Error("no station around this part");
  return station;
}

export function useLive<T>(select: (state: LiveState) => T): T {
  const { live } = useStation();
  return useSyncExternalStore(live.subscribe, () => select(live.get()));
}

export interface Fetched<T> {
  /** The newest answer; an older one stays while a newer one is under way. */
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly reload: () => void;
  /** Takes an answer that another call has brought. */
  readonly set: (value: T) => void;
}

/** Calls when the name, the input or `key` changes. Null as input: not yet. */
export function useFetched<N extends CallName>(
  name: N,
  input: CallInput<N> | null,
  key: unknown = null,
): Fetched<CallOutput<N>> {
  const { client } = useStation();
  const [value, setValue] = useState<CallOutput<N> | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const wanted = input === null ? null : JSON.stringify(input);
  useEffect(() => {
    if (wanted === null) return;
    let current = true;
    void client.call(name, JSON.parse(wanted) as CallInput<N>).then((reply) => {
      if (!current) return;
      if (reply.ok) setValue(() => reply.value);
      setFailure(reply.ok ? null : reply.error);
    });
    return () => {
      current = false;
    };
  }, [client, name, wanted, round, key]);
  const reload = useCallback(() => setRound((now) => now + 1), []);
  const set = useCallback((now: CallOutput<N>) => setValue(() => now), []);
  return { value, failure, reload, set };
}

export interface Command {
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly clear: () => void;
  /** Runs one call; a second one while it runs is ignored. Null when it failed or was ignored. */
  readonly run: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N> | null>;
}

/** One command at a time, with what went wrong kept to be shown beside the button. */
export function useCommand(): Command {
  const { client } = useStation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef(false);
  const run = useCallback(
    async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N> | null> => {
      if (running.current) return null;
      running.current = true;
      setBusy(true);
      setFailure(null);
      const reply: Reply<CallOutput<N>> = await client.call(name, input);
      running.current = false;
      setBusy(false);
      if (reply.ok) return reply.value;
      setFailure(reply.error);
      return null;
    },
    [client],
  );
  return { busy, failure, clear: useCallback(() => setFailure(null), []), run };
}
