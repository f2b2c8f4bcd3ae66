import type { Desk } from "./desk.ts";
import type { Workspace } from "./workspace.ts";

/** The workspace whose licence file is followed, and how its licence stood at the last look. */
export interface Followed {
  readonly workspace: Workspace;
  readonly stop: AbortController;
  readonly stood: string;
}

/** Called every now and then: follows the licence file of whichever home is open, and says when an edge was passed. */
export function followLicence(desk: Desk, before: Followed | null, signal: AbortSignal): Followed | null {
  const workspace = desk.current();
  if (before !== null && before.workspace !== workspace) before.stop.abort();
  if (workspace === null) return null;
  const { authority } = workspace.engine;
  const { state, refusal, notices } = authority.standing();
  const stood = [state, refusal?.code, ...notices.map(({ code }) => code)].join();
  if (before?.workspace === workspace) {
    if (before.stood !== stood) desk.changes.raise();
    return { ...before, stood };
  }
  const stop = new AbortController();
  authority.follow(AbortSignal.any([signal, stop.signal]), desk.changes.raise);
  return { workspace, stop, stood };
}
