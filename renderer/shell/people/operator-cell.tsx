import { ArrowLeftRight } from "lucide-react";
import { useState } from "react";
import { useLive } from "../../client/hooks.ts";
import { useText } from "../../text/use-text.ts";
import { SwitchDialog } from "./switch-dialog.tsx";

/** Who works: where there are accounts the cell is the way to another one, without leaving the screen. */
export function OperatorCell(props: { readonly label: string; readonly named: string }) {
  const { label, named } = props;
  const { text } = useText();
  const session = useLive((state) => state.session);
  const [isSwitching, setSwitching] = useState(false);
  const operator = session?.accounts === true ? session.operator : null;
  if (operator === null) {
    return (
      <div className="strip-cell" data-tone="quiet">
        <dt className="cut">{label}</dt>
        <dd>
          <span className="cut">{session?.accounts === true ? text.people.nobody : named}</span>
        </dd>
      </div>
    );
  }
  return (
    <div className="strip-cell strip-operator" data-tone="quiet">
      <dt className="cut">{text.people.roles[operator.role]}</dt>
      <dd>
        <button type="button" aria-label={text.people.switch.open(operator.name)} onClick={() => setSwitching(true)}>
          <span className="cut">{operator.name}</span>
          <ArrowLeftRight size={14} aria-hidden />
        </button>
        {isSwitching ? <SwitchDialog onClose={() => setSwitching(false)} /> : null}
      </dd>
    </div>
  );
}
