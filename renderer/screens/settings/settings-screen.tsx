import { useLive } from "../../client/hooks.ts";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { AboutCard } from "./about-card.tsx";
import { ConnectionCard } from "./connection-card.tsx";
import { KeysCard } from "./keys-card.tsx";
import { LookCard } from "./look-card.tsx";
import { RehearsalCard } from "./rehearsal-card.tsx";
import "./settings.css";
import { StationCard } from "./station-card.tsx";

/** Every change is kept as it is made; there is nothing to save at the end. */
export function SettingsScreen() {
  const { text } = useText();
  const settings = useLive((state) => state.settings);
  if (settings === null) return null;
  return (
    <Screen
      title={text.settings.title}
      next={{ label: text.batch.toStation, onPress: () => go({ screen: "station" }) }}
    >
      <div className="settings">
        <div className="stack">
          <ConnectionCard settings={settings} />
          <RehearsalCard settings={settings} />
        </div>
        <div className="stack">
          <StationCard settings={settings} />
          <LookCard settings={settings} />
        </div>
        <div className="stack">
          <KeysCard settings={settings} />
          <AboutCard settings={settings} />
        </div>
      </div>
    </Screen>
  );
}
