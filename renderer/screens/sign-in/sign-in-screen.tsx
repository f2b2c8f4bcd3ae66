import { useEffect } from "react";
import { useCommand, useLive, useStation } from "../../client/hooks.ts";
import { arrangeSlots, columnsFor, placesWanted, toneOfState } from "../../model/slots.ts";
import { BadgeAndPin } from "../../shell/people/badge-and-pin.tsx";
import { useText } from "../../text/use-text.ts";
import { StateIcon } from "../../ui/state-icon.tsx";
import { shapeOfState } from "../station/tile.tsx";
import "./sign-in.css";

/** Nobody is signed in: the slots stay in sight, and nothing but badge and PIN is taken. */
export function SignInScreen() {
  const { text } = useText();
  const { live } = useStation();
  const words = text.people.signIn;
  const command = useCommand();
  const sticks = useLive((state) => state.sticks);
  const wanted = useLive((state) => state.settings?.slots ?? 4);
  const bench = useLive((state) => state.bench);
  const slots =
    bench?.armed === true
      ? bench.slots.map(({ slot, state }) => ({ number: slot, state, progress: null }))
      : arrangeSlots(sticks ?? [], placesWanted(wanted, bench?.slots ?? [])).map(({ number, stick }) => ({
          number,
          state: stick?.state ?? ("empty" as const),
          progress: stick?.progress ?? null,
        }));
  useEffect(() => {
    document.title = `${words.title} – Licence Station`;
  }, [words.title]);
  return (
    <main className="sign-in">
      <ul
        className="sign-in-slots"
        aria-label={words.slots}
        style={{ "--tile-columns": columnsFor(slots.length) } as object}
      >
        {slots.map(({ number, state, progress }) => {
          const tone = toneOfState(state);
          return (
            <li key={number} data-tone={tone} {...(tone === "working" ? { "data-busy": true } : {})}>
              <span className="figure">{number}</span>
              <StateIcon shape={shapeOfState(state)} size={36} />
              <span className="sign-in-state cut">{text.shell.states[state]}</span>
              {tone !== "working" || progress === null ? null : (
                <span className="sign-in-fill">
                  <span style={{ width: `${Math.round(progress * 100)}%` }} />
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <section className="sign-in-card card" aria-label={words.title}>
        <div>
          <h1>{words.title}</h1>
          <p className="weak">{words.lead}</p>
        </div>
        <BadgeAndPin
          submit={command.busy ? words.busy : words.next}
          busy={command.busy}
          failure={command.failure}
          onSubmit={(badge, secret) =>
            void command
              .run("session.sign-in", { badge, secret })
              .then((session) => session !== null && live.setSession(session))
          }
        />
      </section>
    </main>
  );
}
