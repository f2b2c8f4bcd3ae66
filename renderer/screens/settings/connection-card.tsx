import { useState } from "react";
import { useCommand, useStation } from "../../client/hooks.ts";
import { formatNumber } from "../../model/format.ts";
import type { Settings } from "../../model/live.ts";
import { readWhole } from "../../model/read-whole.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { ApiKeyField } from "./api-key-field.tsx";
import { ConnectionResult, type ConnectionTest } from "./connection-result.tsx";
import { KeptField } from "./kept-field.tsx";
import { useSave } from "./use-save.ts";

export function ConnectionCard(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text, language } = useText();
  const { live } = useStation();
  const words = text.settings.connection;
  const { save, command } = useSave();
  const test = useCommand();
  const [result, setResult] = useState<ConnectionTest | null>(null);
  const chooseCa = () =>
    void command.run("settings.choose-ca", {}).then((now) => now !== null && live.setSettings(now));
  return (
    <section className="card">
      <h2>{text.settings.sections.connection}</h2>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <KeptField
        label={words.url}
        value={settings.apiUrl}
        onKeep={(apiUrl) => save({ apiUrl })}
        hint={words.urlHint}
        maxLength={2048}
        inputMode="url"
      />
      <ApiKeyField settings={settings} />
      <KeptField
        label={words.proxy}
        value={settings.proxy}
        onKeep={(proxy) => save({ proxy })}
        hint={words.proxyHint}
        maxLength={2048}
        inputMode="url"
      />
      <KeptField
        label={words.concurrency}
        value={String(settings.concurrency)}
        onKeep={(value) => save({ concurrency: Number(value) })}
        hint={words.concurrencyHint}
        check={(value) => (readWhole(value, 1, 128) === null ? words.concurrencyWrong : null)}
        inputMode="numeric"
      />
      <div className="stack-tight">
        <h3>{words.ca}</h3>
        <p className="hint">{settings.caPem === "" ? words.caNone : words.caSet}</p>
        <div className="line">
          <Button onPress={chooseCa}>{words.caChoose}</Button>
          {settings.caPem === "" ? null : (
            <Button kind="quiet" onPress={() => save({ caPem: "" })}>
              {words.caRemove}
            </Button>
          )}
        </div>
      </div>
      <div className="stack-tight">
        <div className="line">
          <Button onPress={() => void test.run("settings.test-connection", {}).then(setResult)} isDisabled={test.busy}>
            {test.busy ? words.testing : words.test}
          </Button>
        </div>
        {test.failure === null ? null : <FailureNote failure={test.failure} />}
        {result === null ? null : (
          <ConnectionResult
            result={result}
            latency={result.latencyMs === null ? "–" : formatNumber(Math.round(result.latencyMs), language)}
          />
        )}
      </div>
    </section>
  );
}
