import { isoDay, isoMinute, localTime } from "../model/format.ts";
import { useText } from "../text/use-text.ts";

/** An instant in ISO 8601, the reader's own time under the pointer. */
export function Instant(props: { readonly at: string | null; readonly isDay?: boolean }) {
  const { at, isDay = false } = props;
  const { language } = useText();
  if (at === null) return null;
  return (
    <time dateTime={at} title={localTime(at, language)} className="nowrap">
      {isDay ? isoDay(at) : isoMinute(at)}
    </time>
  );
}
