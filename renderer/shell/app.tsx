import { useEffect, useRef } from "react";
import { I18nProvider } from "react-aria-components";
import { useLive } from "../client/hooks.ts";
import { isSignedOut } from "../model/refusal.ts";
import { type Route, writingScreens } from "../model/route.ts";
import { BatchScreen } from "../screens/batch/batch-screen.tsx";
import { CarryScreen } from "../screens/carry/carry-screen.tsx";
import { CheckScreen } from "../screens/check/check-screen.tsx";
import { DevicesScreen } from "../screens/devices/devices-screen.tsx";
import { FirstRun } from "../screens/first-run/first-run.tsx";
import { AnswersScreen } from "../screens/ledger/answers-screen.tsx";
import { LedgerScreen } from "../screens/ledger/ledger-screen.tsx";
import { LicenceScreen } from "../screens/licence/licence-screen.tsx";
import { LicensesScreen } from "../screens/licenses/licenses-screen.tsx";
import { LockScreen } from "../screens/lock/lock-screen.tsx";
import { SettingsScreen } from "../screens/settings/settings-screen.tsx";
import { SingleScreen } from "../screens/single/single-screen.tsx";
import { SignInScreen } from "../screens/sign-in/sign-in-screen.tsx";
import { StationScreen } from "../screens/station/station-screen.tsx";
import { TamperScreen } from "../screens/tamper/tamper-screen.tsx";
import { LanguageContext, useText } from "../text/use-text.ts";
import { useAppearance } from "./appearance.ts";
import { Rail } from "./rail.tsx";
import { useScreenShortcuts } from "./shortcuts.ts";
import { useTouch } from "./people/use-touch.ts";
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
  useTouch();
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
          ) : (
            <Work route={route} isReady={settings !== null} />
          )}
        </div>
      </I18nProvider>
    </LanguageContext>
  );
}

/**
 * The screen at hand, or the sign-in in front of it. Whoever locks a screen finds it again as it was; for somebody else
 * it begins anew, since fields may hold what only the first one may see.
 */
function Work(props: { readonly route: Route; readonly isReady: boolean }) {
  const { route, isReady } = props;
  const { text } = useText();
  const session = useLive((state) => state.session);
  const isOut = isSignedOut(session);
  const last = useRef<string | null>(null);
  if (session?.operator !== null && session?.operator !== undefined) last.current = session.operator.id;
  return (
    <>
      {isOut ? <SignInScreen /> : isReady ? null : <div className="waiting">{text.shell.common.loading}</div>}
      {isReady ? (
        <div className="work" key={last.current ?? ""} hidden={isOut} inert={isOut}>
          <WorkArea route={route} />
        </div>
      ) : null}
    </>
  );
}

function WorkArea(props: { readonly route: Route }) {
  const { route } = props;
  const isTampered = useLive((state) => state.licence?.state === "tampered");
  if (isTampered && writingScreens.has(route.screen)) return <TamperScreen />;
  switch (route.screen) {
    case "station":
      return <StationScreen />;
    case "check":
      return <CheckScreen key={route.stick} stickId={route.stick} />;
    case "batch":
      return <BatchScreen batchId={route.batch} />;
    case "single":
      return <SingleScreen />;
    case "carry":
      return <CarryScreen />;
    case "licence":
      return <LicenceScreen />;
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
