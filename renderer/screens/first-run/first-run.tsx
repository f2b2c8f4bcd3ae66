import { useState } from "react";
import { useCommand, useLive, useStation } from "../../client/hooks.ts";
import type { Route } from "../../model/route.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { languageNames, useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Choice } from "../../ui/choice.tsx";
import { blankLicense, isCompleteLicense, LicenseForm } from "../licenses/license-form.tsx";
import { ApiKeyField } from "../settings/api-key-field.tsx";
import { KeptField } from "../settings/kept-field.tsx";
import { StationCard } from "../settings/station-card.tsx";
import { useSave } from "../settings/use-save.ts";
import "./first-run.css";
import { RehearsalStages } from "./rehearsal-stages.tsx";
import { useRehearsal } from "./use-rehearsal.ts";

const steps = ["welcome", "station", "server", "license", "rehearsal"] as const;
type Step = (typeof steps)[number];

/** The guided set-up: five short steps, the last of which turns a practice stick green. */
export function FirstRun() {
  const { text } = useText();
  const { live } = useStation();
  const words = text.firstRun;
  const settings = useLive((state) => state.settings);
  const [step, setStep] = useState<Step>("welcome");
  const [draft, setDraft] = useState(blankLicense);
  const hasAccounts = useLive((state) => state.session?.accounts ?? null);
  const { save } = useSave();
  const command = useCommand();
  const rehearsal = useRehearsal();
  if (settings === null) return null;
  const at = steps.indexOf(step);
  const forward = () => setStep(steps[at + 1] ?? "rehearsal");

  const addLicense = () => {
    const { secret } = draft;
    setDraft({ ...draft, secret: "" });
    void command.run("licenses.add", { ...draft, secret: secret.trim() }).then((licenses) => {
      if (licenses === null) return;
      void command
        .run("job.set", { product: draft.product, pool: draft.pool, policyId: "field", workOrder: "" })
        .then((job) => job !== null && forward());
    });
  };
  const finish = (then: Route) =>
    void command.run("rehearsal.end", {}).then((ended) => {
      if (ended === null) return;
      void command.run("settings.update", { setUp: true }).then((now) => {
        if (now === null) return;
        live.setSettings(now);
        go(then);
      });
    });
  const toStation = () => finish({ screen: "station" });
  const next = {
    welcome: { label: words.welcome.next, onPress: forward },
    station: { label: words.station.next, onPress: forward },
    server: { label: words.server.next, onPress: forward },
    license: { label: words.license.next, onPress: addLicense, isDisabled: !isCompleteLicense(draft) || command.busy },
    rehearsal: rehearsal.isDone
      ? { label: words.rehearsal.finish, onPress: toStation, isDisabled: command.busy }
      : {
          label: rehearsal.failure === null ? words.rehearsal.make : words.rehearsal.again,
          onPress: rehearsal.run,
          isDisabled: rehearsal.isRunning,
        },
  }[step];
  return (
    <Screen
      title={words.title}
      hint={<p>{words.step(at + 1, steps.length)}</p>}
      secondary={
        <>
          {at === 0 || rehearsal.isRunning || rehearsal.isDone ? null : (
            <Button onPress={() => setStep(steps[at - 1] ?? "welcome")}>{text.shell.common.back}</Button>
          )}
          {step === "license" ? <Button onPress={forward}>{words.later}</Button> : null}
          {step === "rehearsal" && !rehearsal.isDone && !rehearsal.isRunning ? (
            <Button onPress={toStation} isDisabled={command.busy}>
              {words.later}
            </Button>
          ) : null}
          {rehearsal.isDone && hasAccounts === false ? (
            <Button onPress={() => finish({ screen: "settings" })} isDisabled={command.busy}>
              {words.rehearsal.operators}
            </Button>
          ) : null}
        </>
      }
      next={next}
    >
      <div className="first-run">
        <ol className="first-steps">
          {steps.map((each, index) => (
            <li
              key={each}
              {...(index < at ? { "data-past": true } : {})}
              {...(index === at ? { "aria-current": "step" } : {})}
            >
              {words.steps[each]}
            </li>
          ))}
        </ol>
        {command.failure === null ? null : <FailureNote failure={command.failure} />}
        {step === "welcome" ? (
          <>
            <h2>{words.welcome.title}</h2>
            <p className="lead">{words.welcome.body}</p>
            <Choice
              label={text.settings.look.language}
              value={settings.language}
              onChange={(language) => save({ language })}
              options={(["en", "de"] as const).map((id) => ({ id, label: languageNames[id] }))}
            />
            <Choice
              label={text.settings.look.theme}
              value={settings.theme}
              onChange={(theme) => save({ theme })}
              options={(["system", "light", "dark", "contrast"] as const).map((id) => ({
                id,
                label: text.settings.look.themes[id],
              }))}
            />
          </>
        ) : null}
        {step === "station" ? (
          <>
            <Lead title={words.station.title} body={words.station.body} />
            <StationCard settings={settings} />
          </>
        ) : null}
        {step === "server" ? (
          <>
            <Lead title={words.server.title} body={words.server.body} />
            <section className="card">
              <KeptField
                label={text.settings.connection.url}
                value={settings.apiUrl}
                onKeep={(apiUrl) => save({ apiUrl })}
                hint={text.settings.connection.urlHint}
                maxLength={2048}
                inputMode="url"
              />
              <ApiKeyField settings={settings} />
            </section>
          </>
        ) : null}
        {step === "license" ? (
          <>
            <Lead title={words.license.title} body={words.license.body} />
            <section className="card">
              <LicenseForm draft={draft} onChange={setDraft} />
            </section>
          </>
        ) : null}
        {step === "rehearsal" ? (
          <>
            <Lead title={words.rehearsal.title} body={words.rehearsal.body} />
            <RehearsalStages rehearsal={rehearsal} />
          </>
        ) : null}
      </div>
    </Screen>
  );
}

function Lead(props: { readonly title: string; readonly body: string }) {
  return (
    <div className="stack-tight">
      <h2>{props.title}</h2>
      <p className="lead">{props.body}</p>
    </div>
  );
}
