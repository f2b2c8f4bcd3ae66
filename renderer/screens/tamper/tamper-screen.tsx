import { Check, OctagonX } from "lucide-react";
import { useState } from "react";
import { useCommand, useLive, useStation } from "../../client/hooks.ts";
import { isoSecond, localSecond } from "../../model/format.ts";
import type { Licence } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";
import { TokenField } from "../../ui/token-field.tsx";
import "./tamper.css";

/** In the place of every screen that would spend or write: what was seen, what is refused, and the way back. */
export function TamperScreen() {
  const { text, language } = useText();
  const { live } = useStation();
  const words = text.licence.tamper;
  const licence = useLive((state) => state.licence);
  const approved = useLive(
    (state) =>
      state.approvals?.find(({ subject, state: at }) => subject === "licence-recovery" && at === "approved")?.id ??
      null,
  );
  const command = useCommand();
  const [secret, setSecret] = useState("");
  const recover = () => {
    if (secret.trim() === "") return;
    // Kept until it was taken: a second person may have to approve first, and the same key is then handed over again.
    void command.run("licence.recover", { secret: secret.trim(), approval: approved }).then((now: Licence | null) => {
      if (now === null) return;
      setSecret("");
      live.setLicence(now);
    });
  };
  const seen = licence?.tampering ?? [];
  const stationKey = useLive((state) => state.settings?.keyFingerprints.ledger ?? "");
  const kinds: Readonly<Record<string, string>> = words.kinds;
  return (
    <Screen
      title={words.title}
      secondary={<Button onPress={() => go({ screen: "ledger" })}>{words.ledger}</Button>}
      next={{
        label: command.busy ? words.busy : words.next,
        isDisabled: secret.trim() === "" || command.busy,
        onPress: recover,
        needs: "licence.recover",
      }}
    >
      <div className="tamper">
        <header className="tamper-lead">
          <StateIcon shape="triangle" size={56} />
          <p>{words.lead}</p>
        </header>
        <section aria-label={words.seen}>
          <h2>{words.seen}</h2>
          {seen.length === 0 ? <p>{words.nothing}</p> : null}
          <ul className="tamper-seen">
            {seen.map((event) => (
              <li key={`${event.at} ${event.kind}`}>
                <p className="strong">{kinds[event.kind] ?? words.otherKind}</p>
                <p lang="en" className="code small any-break">
                  {event.message}
                </p>
                <p className="small">
                  {words.at} <time dateTime={event.at}>{isoSecond(event.at)}</time> ·{" "}
                  {text.licence.edges.local(localSecond(event.at, language))}
                </p>
              </li>
            ))}
          </ul>
          <p className="small">{words.station}</p>
          <p className="code small any-break">{stationKey}</p>
          <div className="tamper-send">
            <CopyButton
              text={() => [`${words.station}: ${stationKey}`, ...seen.map(eventLine)].join("\n")}
              label={words.copy}
              copied={text.shell.common.copied}
            />
          </div>
        </section>
        <section className="card tamper-back" aria-label={words.back}>
          <h2>{words.back}</h2>
          <p>{words.backBody}</p>
          {command.failure === null ? null : <FailureNote failure={command.failure} />}
          <TokenField label={words.key} value={secret} onChange={setSecret} onEnter={recover} hint={words.keyHint} />
        </section>
        <div className="tamper-lists">
          <section aria-label={words.refused}>
            <h2>{words.refused}</h2>
            <ul className="stack-tight">
              {Object.values(words.refusedList).map((line) => (
                <li key={line} className="line">
                  <OctagonX size={20} aria-hidden />
                  {line}
                </li>
              ))}
            </ul>
          </section>
          <section aria-label={words.works}>
            <h2>{words.works}</h2>
            <ul className="stack-tight">
              {Object.values(words.worksList).map((line) => (
                <li key={line} className="line">
                  <Check size={20} aria-hidden />
                  {line}
                </li>
              ))}
            </ul>
          </section>
        </div>
      </div>
    </Screen>
  );
}

function eventLine({ at, kind, message }: Licence["tampering"][number]): string {
  return `${at} ${kind}: ${message}`;
}
