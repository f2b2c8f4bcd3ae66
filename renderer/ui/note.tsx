import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

export type NoteTone = "plain" | "held" | "action";

/** An inline notice; an urgent one is read out at once. */
export function Note(props: { readonly tone?: NoteTone; readonly children: ReactNode }) {
  const { tone = "plain", children } = props;
  const Icon = tone === "action" ? TriangleAlert : tone === "held" ? CircleAlert : Info;
  return (
    <div
      className="note"
      {...(tone === "plain" ? {} : { "data-tone": tone })}
      role={tone === "action" ? "alert" : "note"}
    >
      <Icon size={22} aria-hidden />
      <div className="note-body">{children}</div>
    </div>
  );
}
