import type { CallOutput } from "#shared/ipc/contract.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";

export type ConnectionTest = CallOutput<"settings.test-connection">;

export function ConnectionResult(props: { readonly result: ConnectionTest; readonly latency: string }) {
  const { result, latency } = props;
  const { text } = useText();
  const words = text.settings.connection;
  if (result.ok) {
    return (
      <div className="note" data-tone="done" role="status">
        <StateIcon shape="check" size={22} />
        <div className="note-body">
          <p className="strong">{words.good}</p>
          <p>{words.goodBody(result.apiVersion ?? "–", latency)}</p>
        </div>
      </div>
    );
  }
  if (result.problem !== null) {
    return <FailureNote failure={result.problem} />;
  }
  return (
    <Note tone="held">
      <p>{words.bad}</p>
    </Note>
  );
}
