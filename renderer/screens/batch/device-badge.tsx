import type { CallOutput } from "#shared/ipc/contract.ts";
import { useText } from "../../text/use-text.ts";
import { Badge, type BadgeTone } from "../../ui/badge.tsx";
import type { Shape } from "../../ui/state-icon.tsx";

type Status = CallOutput<"batch.rows">["rows"][number]["status"];

const looks: Readonly<Record<Status, { readonly tone: BadgeTone; readonly shape: Shape }>> = {
  waiting: { tone: "quiet", shape: "dots" },
  activating: { tone: "working", shape: "ring" },
  issuing: { tone: "working", shape: "ring" },
  issued: { tone: "ready", shape: "circle" },
  delivered: { tone: "done", shape: "check" },
  failed: { tone: "action", shape: "triangle" },
  skipped: { tone: "held", shape: "dash" },
};

export function DeviceBadge(props: { readonly status: Status }) {
  const { text } = useText();
  return <Badge {...looks[props.status]} word={text.shell.deviceStates[props.status]} />;
}
