import { licenceAlarm, lifeLine, toneOfLicence } from "../../model/licence-state.ts";
import type { Licence } from "../../model/live.ts";
import type { Messages } from "../../text/message.ts";
import { useText } from "../../text/use-text.ts";
import { type Shape, StateIcon } from "../../ui/state-icon.tsx";

const shapes: Readonly<Record<ReturnType<typeof toneOfLicence>, Shape>> = {
  done: "check",
  held: "bars",
  action: "triangle",
  quiet: "outline",
};

/** The state as one word to be read from afar, what it means, and where in its life the licence is. */
export function StateCard(props: { readonly licence: Licence; readonly now: number }) {
  const { licence, now } = props;
  const { text } = useText();
  const words = text.licence;
  const tone = toneOfLicence(licence, now);
  const alarm = licenceAlarm(licence, now);
  const kind = alarm?.kind;
  const means = kind === "offline-over" || kind === "quota-over" || kind === "stopped" ? kind : licence.state;
  const messages: Readonly<Partial<Record<string, Messages[keyof Messages]>>> = text.messages;
  return (
    <section className="licence-state" data-tone={tone} aria-label={words.states[means]}>
      <StateIcon shape={shapes[tone]} size={64} />
      <div className="stack-tight">
        <h2 className="licence-word">{words.states[means]}</h2>
        <p className="lead">{words.means[means]}</p>
        {licence.notices.length === 0 ? null : (
          <ul className="stack-tight">
            {licence.notices.map((notice) => (
              <li key={notice.code}>{messages[notice.code]?.[0] ?? notice.message}</li>
            ))}
          </ul>
        )}
      </div>
      <LifeLine licence={licence} now={now} />
    </section>
  );
}

function LifeLine(props: { readonly licence: Licence; readonly now: number }) {
  const { licence, now } = props;
  const { text } = useText();
  const words = text.licence.line;
  const line = lifeLine(licence, now);
  if (line === null) return null;
  return (
    <div
      className="life-line"
      role="img"
      aria-label={`${words.label}: ${line.parts.map(({ name }) => words.parts[name]).join(", ")}; ${words.now(Math.round(line.at * 100))}`}
    >
      <div className="life-track">
        {line.parts.map(({ name, share }) => (
          <span key={name} data-part={name} style={{ flexGrow: share }} />
        ))}
        <i style={{ left: `${line.at * 100}%` }} />
      </div>
      <div className="life-words" aria-hidden>
        {line.parts.map(({ name, share }) => (
          <span key={name} style={{ flexGrow: share }}>
            {words.parts[name]}
          </span>
        ))}
      </div>
    </div>
  );
}
