import { settings } from "#shared/ipc/settings-contract.ts";
import type { Reply } from "#shared/ipc/reply.ts";
import type { Dispatch } from "../engine/dispatch.ts";
import type { Language } from "./menu-text.ts";

const spoken = settings.pick({ language: true }).loose();

/** The same engine, with the menu's language kept to what the settings say whenever they pass by. */
export function followLanguage(dispatch: Dispatch, changed: (language: Language) => void): Dispatch {
  let last: Language | null = null;
  const hear = (name: unknown, reply: Reply<unknown>) => {
    if (!reply.ok || (name !== "settings.get" && name !== "settings.update")) return;
    const said = spoken.safeParse(reply.value);
    if (!said.success || said.data.language === last) return;
    last = said.data.language;
    changed(last);
  };
  return {
    ...dispatch,
    call: async (name, raw) => {
      const reply = await dispatch.call(name, raw);
      hear(name, reply);
      return reply;
    },
  };
}
