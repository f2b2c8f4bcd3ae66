import type { CallName } from "#shared/ipc/contract.ts";
import { useLive } from "../client/hooks.ts";
import { refusalOf } from "../model/refusal.ts";
import { useText } from "../text/use-text.ts";

/** Why a call would be refused now, in words; null when it would not, or when there is none to make. */
export function useRefusal(call: CallName | null): string | null {
  const session = useLive((state) => state.session);
  const licence = useLive((state) => state.licence);
  const ledger = useLive((state) => state.status?.ledger.health ?? null);
  const { text } = useText();
  const words = text.people.refusals;
  const refusal = call === null ? null : refusalOf(call, session, licence, ledger);
  if (refusal === null) return null;
  if (refusal !== "role") return words[refusal];
  const operator = session?.operator ?? null;
  return operator === null ? words["signed-out"] : words.role(operator.name, text.people.roles[operator.role]);
}
