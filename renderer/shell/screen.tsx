import { type ReactNode, useEffect } from "react";
import type { CallName } from "#shared/ipc/contract.ts";
import { Button } from "../ui/button.tsx";
import { useText } from "../text/use-text.ts";
import { useNextShortcut } from "./shortcuts.ts";
import { useRefusal } from "./use-refusal.ts";

export interface NextAction {
  readonly label: string;
  readonly onPress: () => void;
  readonly isDisabled?: boolean;
  /** The call it makes; where that would be refused the button is off and the hint says why. */
  readonly needs?: CallName;
}

/** The frame of every screen: head, work, panel beside it, and the one next action in its corner. */
export function Screen(props: {
  readonly title: string;
  readonly tools?: ReactNode;
  /** Left of the next action: what it is about, or what it will cost. */
  readonly hint?: ReactNode;
  readonly secondary?: ReactNode;
  readonly next: NextAction | null;
  readonly panel?: ReactNode;
  /** The work fills the height and scrolls inside itself. */
  readonly isFilled?: boolean;
  readonly children: ReactNode;
}) {
  const { title, tools, hint, secondary, panel, isFilled = false, children } = props;
  const { text } = useText();
  const refusal = useRefusal(props.next?.needs ?? null);
  const next = props.next === null || refusal === null ? props.next : { ...props.next, isDisabled: true };
  useNextShortcut(next);
  useEffect(() => {
    document.title = `${title} – Licence Station`;
  }, [title]);
  return (
    <main className="screen">
      <div className="screen-main">
        <header className="screen-head">
          <h1 className="cut">{title}</h1>
          {tools === undefined ? null : <div className="screen-tools">{tools}</div>}
        </header>
        <div
          className="screen-body"
          {...(isFilled ? { "data-fill": true } : { tabIndex: 0, role: "region", "aria-label": title })}
        >
          {children}
        </div>
      </div>
      {panel === undefined || panel === null ? null : <div className="screen-panel">{panel}</div>}
      <section className="screen-foot" aria-label={text.shell.common.nextStep}>
        <div className="screen-hint">{refusal === null ? hint : <p className="refusal strong">{refusal}</p>}</div>
        <div className="screen-actions">
          {secondary}
          {next === null ? null : (
            <Button kind="next" onPress={next.onPress} isDisabled={next.isDisabled ?? false}>
              {next.label}
            </Button>
          )}
        </div>
      </section>
    </main>
  );
}
