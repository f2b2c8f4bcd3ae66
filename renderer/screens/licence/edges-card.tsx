import { formatDuration, isoSecond, localSecond } from "../../model/format.ts";
import { licenceEdges } from "../../model/licence-state.ts";
import type { Licence } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";

/** Every edge to the second: in UTC, in the reader's own time, and how long until then. */
export function EdgesCard(props: { readonly licence: Licence; readonly now: number }) {
  const { licence, now } = props;
  const { text, language } = useText();
  const words = text.licence.edges;
  const edges = licenceEdges(licence, now);
  return (
    <section className="card">
      <h2>{words.title}</h2>
      {edges.length === 0 && licence.form === null ? <p className="weak">{words.none}</p> : null}
      <dl className="edges">
        {edges.map(({ name, at, seconds }) => (
          <div key={name} {...(seconds === 0 ? { "data-past": true } : {})}>
            <dt>
              {words[name]}
              {name === "offlineEndsAt" && licence.maxOfflineDays !== null ? (
                <span className="hint"> {words.maxOffline(licence.maxOfflineDays)}</span>
              ) : null}
            </dt>
            <dd className="strong edge-left">
              {seconds === 0 ? words.over : words.inTime(formatDuration(seconds, language))}
            </dd>
            <dd>
              <time dateTime={at} className="nowrap">
                {isoSecond(at)}
              </time>
              <span className="small weak"> {words.local(localSecond(at, language))}</span>
            </dd>
          </div>
        ))}
        {licence.form === null ? null : (
          <div>
            <dt>{words.lastContact}</dt>
            <dd className="strong edge-left" />
            <dd>{licence.lastContactAt === null ? words.noContact : isoSecond(licence.lastContactAt)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
