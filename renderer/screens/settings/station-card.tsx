import type { Settings } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Choice } from "../../ui/choice.tsx";
import { KeptField } from "./kept-field.tsx";
import { useSave } from "./use-save.ts";

const slotCounts = ["1", "4", "8", "16"] as const;

export function StationCard(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text } = useText();
  const words = text.settings.station;
  const { save, command } = useSave();
  return (
    <section className="card">
      <h2>{text.settings.sections.station}</h2>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      <KeptField
        label={words.name}
        value={settings.stationName}
        onKeep={(stationName) => save({ stationName })}
        hint={words.nameHint}
        check={(value) => (value.trim() === "" ? words.nameHint : null)}
        maxLength={64}
      />
      <KeptField
        label={words.operator}
        value={settings.operator}
        onKeep={(operator) => save({ operator })}
        hint={words.operatorHint}
        maxLength={128}
      />
      <Choice
        label={words.profile}
        look="cards"
        value={settings.profile}
        onChange={(profile) => save({ profile, sounds: profile === "factory" })}
        options={[
          { id: "field", label: words.profileField, hint: words.profileFieldHint },
          { id: "factory", label: words.profileFactory, hint: words.profileFactoryHint },
        ]}
      />
      <Choice
        label={words.slots}
        value={String(settings.slots)}
        onChange={(slots) => save({ slots: Number(slots) as Settings["slots"] })}
        options={slotCounts.map((count) => ({ id: count as string, label: count }))}
      />
    </section>
  );
}
