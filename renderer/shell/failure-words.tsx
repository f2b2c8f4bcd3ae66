import type { ErrorCode, Failure } from "#shared/domain/errors.ts";
import type { ReactNode } from "react";
import { useText } from "../text/use-text.ts";
import { Note } from "../ui/note.tsx";

/** A failure in three sentences: what happened, what it means for seat and stick, what to do next. */
export function FailureWords(props: {
  readonly failure: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details?: Failure["details"] | undefined;
  };
  readonly tone?: "action" | "held";
  readonly children?: ReactNode;
}) {
  const { failure, tone = "action", children } = props;
  const { text } = useText();
  const [what, means, next] = text.messages[failure.code];
  return (
    <Note tone={tone}>
      <p className="strong">{what}</p>
      <p>{means}</p>
      <p className="note-next">{next}</p>
      {children}
      <details>
        <summary>{text.shell.common.details}</summary>
        <p className="code">{failure.code}</p>
        <p lang="en">{failure.message}</p>
        {failure.details === undefined ? null : (
          <p className="code">
            {Object.entries(failure.details)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join(", ")}
          </p>
        )}
      </details>
    </Note>
  );
}
