import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";

export function Button(props: {
  readonly children: ReactNode;
  readonly onPress: () => void;
  /** `next` is the one next action of a screen, in its corner. */
  readonly kind?: "plain" | "quiet" | "danger" | "next";
  readonly isDisabled?: boolean;
  /** For a button that shows an icon alone. */
  readonly label?: string;
  /** Its whole name where several buttons show the same word. */
  readonly name?: string;
  readonly isExpanded?: boolean;
}) {
  const { children, onPress, kind = "plain", isDisabled = false, label, name = label, isExpanded } = props;
  const shape = label === undefined ? "" : " icon-only";
  return (
    <AriaButton
      className={`button ${kind}${shape}`}
      onPress={onPress}
      isDisabled={isDisabled}
      {...(name === undefined ? {} : { "aria-label": name })}
      {...(isExpanded === undefined ? {} : { "aria-expanded": isExpanded })}
    >
      {children}
    </AriaButton>
  );
}
