import { Volume2 } from "lucide-react";
import { useState } from "react";
import type { Settings, Stick } from "../../model/live.ts";
import { soundOf } from "../../model/sounds.ts";
import { languageNames, useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Choice, Switch } from "../../ui/choice.tsx";
import { createTonePlayer } from "../../ui/tone-player.ts";
import { useSave } from "./use-save.ts";

const heard: readonly Stick["state"][] = ["ready", "remove", "action", "held"];
const themes = ["system", "light", "dark", "contrast"] as const;

export function LookCard(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text } = useText();
  const words = text.settings.look;
  const { save } = useSave();
  const [player] = useState(createTonePlayer);
  return (
    <section className="card">
      <h2>{text.settings.sections.look}</h2>
      <Choice
        label={words.language}
        value={settings.language}
        onChange={(language) => save({ language })}
        options={(["en", "de"] as const).map((id) => ({ id, label: languageNames[id] }))}
      />
      <Choice
        label={words.theme}
        value={settings.theme}
        onChange={(theme) => save({ theme })}
        options={themes.map((id) => ({ id, label: words.themes[id] }))}
      />
      <Switch
        label={words.sounds}
        hint={words.soundsHint}
        isOn={settings.sounds}
        onChange={(sounds) => save({ sounds })}
      />
      <div className="sound-list" role="group" aria-label={words.hear}>
        {heard.map((state) => (
          <Button key={state} onPress={() => player.play(soundOf[state])}>
            <Volume2 size={18} aria-hidden />
            {text.shell.states[state]}
          </Button>
        ))}
      </div>
    </section>
  );
}
