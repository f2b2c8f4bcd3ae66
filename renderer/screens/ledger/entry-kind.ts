import { useText } from "../../text/use-text.ts";

/** A word for a kind of entry; one that this window does not know is shown as it is. */
export function useEntryKind(): (type: string) => string {
  const { text } = useText();
  const kinds: Readonly<Record<string, string>> = text.ledger.kinds;
  return (type) => (Object.hasOwn(kinds, type) ? (kinds[type] ?? type) : type);
}
