import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** What a list says while it has nothing: why, and what would fill it. */
export function Empty(props: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly body: string;
  readonly children?: ReactNode;
}) {
  const { icon: Icon, title, body, children } = props;
  return (
    <div className="empty">
      <Icon size={40} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      <p>{body}</p>
      {children}
    </div>
  );
}
