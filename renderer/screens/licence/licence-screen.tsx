import { useState } from "react";
import { useCommand, useLive, useStation } from "../../client/hooks.ts";
import { licenceAlarm } from "../../model/licence-state.ts";
import type { Licence } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { type NextAction, Screen } from "../../shell/screen.tsx";
import { useNow } from "../../shell/use-now.ts";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { AllowanceCard } from "./allowance-card.tsx";
import { EdgesCard } from "./edges-card.tsx";
import { FactsCard } from "./facts-card.tsx";
import { FetchPanel } from "./fetch-panel.tsx";
import "./licence.css";
import { PastePanel } from "./paste-panel.tsx";
import { PolicyCard } from "./policy-card.tsx";
import { SourceCard } from "./source-card.tsx";
import { StateCard } from "./state-card.tsx";
import { VendorKeysCard } from "./vendor-keys-card.tsx";

type Aside = "paste" | "fetch";

/** The station's own licence: where it stands, what it allows, and every way to a better one. */
export function LicenceScreen() {
  const { text } = useText();
  const { live } = useStation();
  const words = text.licence;
  const licence = useLive((state) => state.licence);
  const now = useNow(1000);
  const command = useCommand();
  const [aside, setAside] = useState<Aside | null>(null);
  const close = () => setAside(null);
  const take = (taken: Licence | null) => {
    if (taken === null) return;
    live.setLicence(taken);
    close();
  };
  if (licence === null) {
    return (
      <Screen title={words.title} next={null}>
        <p className="waiting">{text.shell.common.loading}</p>
      </Screen>
    );
  }
  const alarm = licenceAlarm(licence, now);
  const isContact = alarm?.kind === "offline-over" || alarm?.kind === "offline-soon";
  const next: NextAction = isContact
    ? {
        label: words.next.refresh,
        onPress: () => setAside("fetch"),
        isDisabled: aside === "fetch",
        needs: "licence.fetch",
      }
    : licence.state === "active" && alarm === null
      ? { label: words.next.toStation, onPress: () => go({ screen: "station" }) }
      : {
          label: words.next.paste,
          onPress: () => setAside("paste"),
          isDisabled: aside === "paste",
          needs: "licence.paste",
        };
  return (
    <Screen
      title={words.title}
      hint={<p>{words.todo[todoOf(licence, alarm?.kind)]}</p>}
      next={next}
      panel={
        aside === "paste" ? (
          <PastePanel onTaken={take} onClose={close} />
        ) : aside === "fetch" ? (
          <FetchPanel licence={licence} onTaken={take} onClose={close} />
        ) : null
      }
    >
      <div className="stack">
        <StateCard licence={licence} now={now} />
        {command.failure === null ? null : <FailureNote failure={command.failure} />}
        <div className="licence-columns">
          <div className="stack">
            <AllowanceCard licence={licence} />
            <SourceCard
              licence={licence}
              command={command}
              onTaken={take}
              onPaste={() => setAside("paste")}
              onFetch={() => setAside("fetch")}
            />
          </div>
          <div className="stack">
            <EdgesCard licence={licence} now={now} />
            {licence.form === null ? null : <FactsCard licence={licence} />}
          </div>
        </div>
        <div className="licence-columns">
          <VendorKeysCard licence={licence} command={command} onTaken={take} />
          <PolicyCard licence={licence} command={command} onTaken={take} />
        </div>
      </div>
    </Screen>
  );
}

type AlarmKind = NonNullable<ReturnType<typeof licenceAlarm>>["kind"];

/** What to do next: the alarm's own word where it has one, else the state's. */
function todoOf(licence: Licence, alarm: AlarmKind | undefined) {
  const spoken = ["offline-over", "offline-soon", "quota-over", "stopped"] as const;
  return spoken.find((kind) => kind === alarm) ?? licence.state;
}
