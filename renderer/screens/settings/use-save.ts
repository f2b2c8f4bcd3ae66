import type { CallInput } from "#shared/ipc/contract.ts";
import { type Command, useCommand, useStation } from "../../client/hooks.ts";

type Patch = CallInput<"settings.update">;

/** Keeps a change at once; the answer is the settings as they are now. */
export function useSave(): { readonly save: (patch: Patch) => void; readonly command: Command } {
  const { live } = useStation();
  const command = useCommand();
  const save = (patch: Patch) =>
    void command.run("settings.update", patch).then((now) => now !== null && live.setSettings(now));
  return { save, command };
}
