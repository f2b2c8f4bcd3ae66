import { useLive } from "../client/hooks.ts";
import { formatRoute } from "../model/route.ts";
import { useText } from "../text/use-text.ts";
import { StateIcon } from "../ui/state-icon.tsx";
import { useRoute } from "./use-route.ts";

/** One line under the status strip, on every screen, while the ledger does not verify and the station only reads. */
export function LedgerStrip() {
  const isBroken = useLive((state) => state.status?.ledger.health === "broken");
  const { text } = useText();
  const words = text.ledger.readOnly;
  // The ledger's own screen says it larger than this line could.
  if (useRoute().screen === "ledger" || !isBroken) return null;
  return (
    <div className="alarm" data-tone="action" role="alert">
      <StateIcon shape="triangle" size={20} />
      <p>{words.strip}</p>
      <a href={formatRoute({ screen: "ledger" })}>{words.look}</a>
    </div>
  );
}
