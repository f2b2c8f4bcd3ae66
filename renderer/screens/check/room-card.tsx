import type { CallOutput } from "#shared/ipc/contract.ts";
import { formatBytes, formatDuration } from "../../model/format.ts";
import { useText } from "../../text/use-text.ts";
import { Note } from "../../ui/note.tsx";

/** Bytes that the delivery needs and the stick does not have; 0 where it fits or the room is not known. */
export function missingBytes(preflight: CallOutput<"batch.preflight">): number {
  return preflight.bytesFree === null ? 0 : Math.max(0, preflight.bytesNeeded - preflight.bytesFree);
}

export function RoomCard(props: { readonly preflight: CallOutput<"batch.preflight"> }) {
  const { bytesNeeded, bytesFree, estimatedSeconds } = props.preflight;
  const { text, language } = useText();
  const words = text.check.room;
  const missing = missingBytes(props.preflight);
  const needed = formatBytes(bytesNeeded, language);
  return (
    <section className="card">
      <h2>{words.title}</h2>
      <dl className="facts">
        <div>
          <dt>{words.space}</dt>
          <dd>
            {bytesFree === null ? words.bytesUnknown(needed) : words.bytes(needed, formatBytes(bytesFree, language))}
          </dd>
        </div>
        <div>
          <dt>{words.time}</dt>
          <dd>{words.takes(formatDuration(estimatedSeconds, language))}</dd>
        </div>
      </dl>
      {missing > 0 ? (
        <Note tone="action">
          <p className="strong">{words.short(formatBytes(missing, language))}</p>
        </Note>
      ) : null}
    </section>
  );
}
