import type { CallOutput } from "#shared/ipc/contract.ts";
import { useText } from "../../text/use-text.ts";

type Policy = CallOutput<"policies.list">[number];

/** Presets are named in the reader's language, own policies as their maker named them. */
export function usePolicyName(): (policy: Pick<Policy, "id" | "label" | "preset">) => string {
  const { text } = useText();
  const names: Readonly<Record<string, string>> = text.licenses.policies.presetNames;
  return (policy) => (policy.preset ? (names[policy.id] ?? policy.label) : policy.label);
}
