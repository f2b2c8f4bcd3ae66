import type { CallOutput } from "#shared/ipc/contract.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";

type Preflight = CallOutput<"batch.preflight">;

/** Devices of those wanted that the station's own licence lets be provisioned now. */
export function allowedOf({ allowance }: Preflight, wanted: number): number {
  return allowance.wouldGet === null ? wanted : Math.min(wanted, allowance.wouldGet);
}

/** How far the station's licence would let this batch get; nothing where it reaches. */
export function AllowanceNote(props: { readonly preflight: Preflight; readonly wanted: number }) {
  const { preflight, wanted } = props;
  const { text } = useText();
  const words = text.check.allowance;
  const { limit, left, problem } = preflight.allowance;
  const allowed = allowedOf(preflight, wanted);
  if (allowed >= wanted) return problem === null ? null : <FailureNote failure={problem} tone="held" />;
  return (
    <Note tone="held">
      <p className="strong">{allowed === 0 ? words.nothing(wanted) : words.some(allowed, wanted)}</p>
      {limit === null || left === null ? null : (
        <p>
          {words.title}: {words.left(left, limit)}
        </p>
      )}
      {problem === null ? null : <p className="note-next">{text.messages[problem.code][2]}</p>}
    </Note>
  );
}
