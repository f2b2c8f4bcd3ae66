import { FolderPlus, FolderX, Usb } from "lucide-react";
import { useState } from "react";
import { useCommand, useFetched, useLive, useStation } from "../../client/hooks.ts";
import { formatBytes } from "../../model/format.ts";
import { arrangeSlots, mostUrgent, placesWanted, type Slot } from "../../model/slots.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { BenchScreen } from "./bench-screen.tsx";
import { BenchPanel } from "./bench-panel.tsx";
import { EjectButton } from "./eject-button.tsx";
import { JobLine } from "./job-line.tsx";
import { ProblemPanel } from "./problem-panel.tsx";
import "./station.css";
import { Tiles } from "./tiles.tsx";
import { useSlotAction } from "./use-slot-action.ts";
import { useStickWords } from "./stick-words.ts";

/** By hand, stick by stick; while the station is armed or learns its slots, the bench takes the screen. */
export function StationScreen() {
  const bench = useLive((state) => state.bench);
  const [isBenchOpen, setBenchOpen] = useState(false);
  if (bench !== null && (bench.armed || bench.teaching !== null)) return <BenchScreen bench={bench} />;
  return <HandScreen isBenchOpen={isBenchOpen} setBenchOpen={setBenchOpen} />;
}

function HandScreen(props: { readonly isBenchOpen: boolean; readonly setBenchOpen: (isOpen: boolean) => void }) {
  const { isBenchOpen, setBenchOpen } = props;
  const { text } = useText();
  const { live } = useStation();
  const sticks = useLive((state) => state.sticks);
  const wanted = useLive((state) => state.settings?.slots ?? 4);
  const isRehearsal = useLive((state) => state.status?.rehearsal ?? false);
  const job = useFetched("job.get", {}, isRehearsal);
  const policies = useFetched("policies.list", {}, isRehearsal);
  const command = useCommand();
  const [picked, setPicked] = useState<{ readonly number: number; readonly stick: string | null } | null>(null);
  const [closed, setClosed] = useState<string | null>(null);
  const bench = useLive((state) => state.bench);

  const slots = arrangeSlots(sticks ?? [], placesWanted(wanted, bench?.slots ?? []));
  // A choice holds for the stick it was made for; when that one leaves, the most urgent slot is chosen again.
  const held = slots.find((slot) => slot.number === picked?.number && (slot.stick?.id ?? null) === picked.stick);
  const chosen = held ?? mostUrgent(slots);
  const isJobSet =
    job.value !== null && job.value.product !== "" && job.value.pool !== "" && job.value.policyId !== null;
  const next = useSlotAction(chosen, command, isJobSet);
  const stick = chosen?.stick ?? null;
  const needsPanel = stick !== null && (stick.problem !== null || (stick.state === "action" && stick.unfinished));
  const panelKey = stick === null ? null : `${stick.id} ${stick.problem?.code ?? ""}`;

  const addFolder = () => void command.run("sticks.add-folder", {}).then((now) => now !== null && live.setSticks(now));
  const removeFolder = (stickId: string) =>
    void command.run("sticks.remove-folder", { stickId }).then((now) => now !== null && live.setSticks(now));

  return (
    <Screen
      title={text.station.title}
      isFilled
      tools={<JobLine job={job.value} policies={policies.value} />}
      hint={<Hint slot={chosen} isJobSet={isJobSet} isRehearsal={isRehearsal} />}
      secondary={
        <>
          {stick?.kind === "folder" && stick.batch === null ? (
            <Button kind="quiet" label={text.station.removeFolder} onPress={() => removeFolder(stick.id)}>
              <FolderX size={22} aria-hidden />
            </Button>
          ) : null}
          {stick === null ? null : <EjectButton key={stick.id} stick={stick} />}
          <Button isExpanded={isBenchOpen} onPress={() => setBenchOpen(!isBenchOpen)}>
            <Usb size={20} aria-hidden />
            {text.bench.title}
          </Button>
          {stick === null ? null : (
            <Button onPress={addFolder} isDisabled={command.busy}>
              <FolderPlus size={20} aria-hidden />
              {text.station.addFolder}
            </Button>
          )}
        </>
      }
      next={next}
      panel={
        isBenchOpen && bench !== null ? (
          <BenchPanel
            bench={bench}
            places={slots.length}
            chosen={chosen?.number ?? null}
            workOrder={job.value?.workOrder ?? ""}
            isJobSet={isJobSet}
            onClose={() => setBenchOpen(false)}
          />
        ) : needsPanel && chosen !== null && closed !== panelKey ? (
          <ProblemPanel key={panelKey} slot={chosen} command={command} onClose={() => setClosed(panelKey)} />
        ) : null
      }
    >
      {command.failure === null || needsPanel ? null : <FailureNote failure={command.failure} />}
      <Tiles
        slots={slots}
        chosen={chosen?.number ?? 1}
        onChoose={(number) => {
          setPicked({ number, stick: slots[number - 1]?.stick?.id ?? null });
          setClosed(null);
        }}
      />
    </Screen>
  );
}

function Hint(props: { readonly slot: Slot | null; readonly isJobSet: boolean; readonly isRehearsal: boolean }) {
  const { slot, isJobSet, isRehearsal } = props;
  const { text, language } = useText();
  const stickWords = useStickWords();
  const hint = text.station.hint;
  if (!isJobSet && !isRehearsal) return <p>{hint.noJob}</p>;
  const stick = slot?.stick ?? null;
  if (slot === null || stick === null) return <p>{isRehearsal ? hint.practise : hint.insert}</p>;
  return (
    <>
      <p>
        <span className="strong">{text.station.slot(slot.number)}</span>
        {" · "}
        {stick.freeBytes === null ? stick.label : hint.free(stick.label, formatBytes(stick.freeBytes, language))}
      </p>
      <p>{stickWords(stick)}</p>
    </>
  );
}
