import { useState } from "react";
import type { Failure } from "#shared/domain/errors.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useFetched, useLive } from "../../client/hooks.ts";
import type { Comparison } from "../../model/live.ts";

export type Reconciliation = NonNullable<CallOutput<"audit.reconciled">>;

/** The comparison with the licensing server or with a list, wherever it was begun; a reload of the window loses nothing. */
export function useComparison(isShown: boolean): {
  readonly comparison: Comparison | null;
  /** Null while one runs, and where none was finished. */
  readonly found: Reconciliation | null;
  /** The note above it says all there is: how far it is, or why it found nothing. */
  readonly hasSaid: boolean;
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly askServer: () => void;
  readonly takeList: () => void;
  readonly stop: () => void;
} {
  const comparison = useLive((state) => state.comparison);
  const command = useCommand();
  const [listed, setListed] = useState<Reconciliation | null>(null);
  const isCompared = comparison?.ended === "compared";
  const fetched = useFetched("audit.reconciled", isShown && isCompared ? {} : null, comparison?.finishedAt);
  const askServer = () => {
    setListed(null);
    void command.run("audit.reconcile-server", {});
  };
  const takeList = () =>
    void command.run("audit.reconcile-csv", {}).then((list) => {
      if (list !== null) setListed(list);
    });
  const found = listed ?? (isCompared ? fetched.value : null);
  return {
    hasSaid: found === null && comparison !== null && (comparison.running || comparison.ended !== null),
    comparison: listed === null ? comparison : null,
    found,
    busy: command.busy,
    failure: command.failure ?? fetched.failure,
    askServer,
    takeList,
    stop: () => void command.run("audit.reconcile-stop", {}),
  };
}
