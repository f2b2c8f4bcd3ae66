import { useEffect } from "react";
import { I18nProvider } from "react-aria-components";
import { useLive } from "../client/hooks.ts";
import type { Route } from "../model/route.ts";
import { BatchScreen } from "../screens/batch/batch-screen.tsx";
import { CheckScreen } from "../screens/check/check-screen.tsx";
import { DevicesScreen } from "../screens/devices/devices-screen.tsx";
import { FirstRun } from "../screens/first-run/first-run.tsx";
import { AnswersScreen } from "../screens/ledger/answers-screen.tsx";
import { LedgerScreen } from "../screens/ledger/ledger-screen.tsx";
import { LicensesScreen } from "../screens/licenses/licenses-screen.tsx";
import { LockScreen } from "../screens/lock/lock-screen.tsx";
import { SettingsScreen } from "../screens/settings/settings-screen.tsx";
import { SingleScreen } from "../screens/single/single-screen.tsx";
import { StationScreen } from "../screens/station/station-screen.tsx";
import { LanguageContext, languages } from "../text/use-text.ts";
import { useAppearance } from "./appearance.ts";
import { Rail } from "./rail.tsx";
import { useScreenShortcuts } from "./shortcuts.ts";
import { useStateSounds } from "./state-sounds.ts";
import { StatusStrip } from "./status-strip.tsx";
import { go, useRoute } from "./use-route.ts";
import "./shell.css";

export function App() {
  const settings = useLive((state) => state.settings);
  const lock = useLive((state) => state.lock);
  const isLocked = lock === "passphrase" || lock === "new-passphrase";
  const isRehearsal = useLive((state) => state.status?.rehearsal ?? false);
  const route = useRoute();
  const language = settings?.language ?? (navigator.language.startsWith("de") ? "de" : "en");
  useAppearance(settings);
  useStateSounds();
  useScreenShortcuts();
  const isNew = settings !== null && !settings.setUp && location.hash === "";
  useEffect(() => {
    if (isNew) go({ screen: "first-run" });
  }, [isNew]);
  return (
    <LanguageContext value={language}>
      <I18nProvider locale={language}>
        <div className="shell" {...(isRehearsal ? { "data-rehearsal": true } : {})}>
          {isLocked ? null : (
            <>
              <Rail route={route} />
              <StatusStrip />
            </>
          )}
          {isLocked ? (
            <LockScreen isNew={lock === "new-passphrase"} />
          ) : settings === null ? (
            <div className="waiting">{languages[language].shell.common.loading}</div>
          ) : (
            <WorkArea route={route} />
          )}
        </div>
      </I18nProvider>
    </LanguageContext>
  );
}

function WorkArea(props: { readonly route: Route }) {
  const { route } = props;
  switch (route.screen) {
    case "station":
      return <StationScreen />;
    case "check":
      return <CheckScreen key={route.stick} stickId={route.stick} />;
    case "batch":
      return <BatchScreen batchId={route.batch} />;
    case "single":
      return <SingleScreen />;
    case "devices":
      return <DevicesScreen device={route.device} />;
    case "answers":
      return <AnswersScreen />;
    case "ledger":
      return <LedgerScreen />;
    case "licenses":
      return <LicensesScreen />;
    case "settings":
      return <SettingsScreen />;
    case "first-run":
      return <FirstRun />;
  }
}
