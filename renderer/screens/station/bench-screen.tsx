import { useState } from "react";
import { type Command, useCommand, useStation } from "../../client/hooks.ts";
import type { BenchView } from "../../model/live.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { Panel } from "../../ui/panel.tsx";
import { AllowDrive, ElsewhereList, OwedList } from "./bench-lists.tsx";
import { BenchTile } from "./bench-tile.tsx";
import { useMessageWords } from "./bench-words.ts";
import { DecideButton } from "./decide-button.tsx";
import { TileGrid } from "./tiles.tsx";

/** The screen of an armed bench, and of one that learns its slots: tiles to be read from four metres, one way out. */
export function BenchScreen(props: { readonly bench: BenchView }) {
  const { bench } = props;
  const { text } = useText();
  const { live } = useStation();
  const command = useCommand();
  const [picked, setPicked] = useState<number | null>(null);
  const [isClosed, setClosed] = useState(false);
  const { teaching, order } = bench;
  const tiles = teaching === null ? bench.slots : withUntaught(bench);
  const urgent = tiles.find(({ state }) => state === "action") ?? tiles.find(({ state }) => state === "held");
  const chosen = tiles.find(({ slot }) => slot === (teaching?.waitingFor ?? picked)) ?? urgent ?? tiles[0] ?? null;
  const take = (now: BenchView | null) => now !== null && live.setBench(now);
  const refused = bench.elsewhere.filter(({ refusal }) => refusal !== null);
  const hasPanel = teaching === null && (chosen?.message !== null || bench.owed.length > 0 || refused.length > 0);
  return (
    <Screen
      title={teaching === null ? text.bench.armedTitle : text.bench.slots}
      isFilled
      tools={order === null ? null : <p className="strong">{text.bench.order(order.workOrder, order.product)}</p>}
      hint={<Hint bench={bench} />}
      next={
        teaching === null
          ? {
              label: text.bench.disarm,
              isDisabled: command.busy,
              onPress: () => void command.run("bench.disarm", {}).then(take),
            }
          : {
              label: text.bench.stopTeaching,
              isDisabled: command.busy,
              onPress: () => void command.run("slots.stop-teaching", {}).then(take),
            }
      }
      panel={
        hasPanel && !isClosed && chosen !== null ? (
          <Panel
            title={text.station.slot(chosen.slot)}
            closeLabel={text.shell.common.close}
            onClose={() => setClosed(true)}
          >
            <CommandNote failure={command.failure} />
            <SlotNote tile={chosen} />
            <AllowDrive refusal={chosen.message} which={{ slot: chosen.slot }} command={command} />
            <DecideButton tile={chosen} command={command} />
            {chosen.canRetry ? (
              <Button
                onPress={() => void command.run("bench.retry", { slot: chosen.slot }).then(take)}
                isDisabled={command.busy}
              >
                {text.bench.retry}
              </Button>
            ) : null}
            <OwedList bench={withStuck(bench)} command={command} />
            <ElsewhereList drives={refused} command={command} />
          </Panel>
        ) : null
      }
    >
      {bench.problem === null ? null : <Note tone="held">{text.bench.scanProblem}</Note>}
      <TileGrid numbers={tiles.map(({ slot }) => slot)} chosen={chosen?.slot ?? 1}>
        {tiles.map((tile) => (
          <BenchTile
            key={tile.slot}
            tile={tile}
            teaching={teaching}
            isChosen={tile.slot === chosen?.slot}
            onChoose={() => {
              setPicked(tile.slot);
              setClosed(false);
            }}
          />
        ))}
      </TileGrid>
    </Screen>
  );
}

function Hint(props: { readonly bench: BenchView }) {
  const { order, teaching } = props.bench;
  const { text } = useText();
  if (teaching !== null) {
    const problem = teaching.problem === null ? null : text.bench.teachProblem[teaching.problem];
    return (
      <>
        <p className="strong" role="status">
          {teaching.waitingFor === null ? "" : text.bench.plugInto(teaching.waitingFor)}
        </p>
        <p>{problem ?? text.bench.hintTeaching}</p>
      </>
    );
  }
  return (
    <>
      <p className="strong">
        {order === null ? "" : text.bench.figures(order.done, order.count, order.left)}
        {order === null || order.claimed === 0 ? "" : ` · ${text.bench.underWay(order.claimed)}`}
      </p>
      <p>{text.bench.hint}</p>
    </>
  );
}

function CommandNote(props: { readonly failure: Command["failure"] }) {
  const { failure } = props;
  const { text } = useText();
  if (failure === null) return null;
  // Whatever a button here asked for, another look shows what has become of it.
  return failure.code === "USAGE" ? <Note tone="held">{text.bench.changed}</Note> : <FailureNote failure={failure} />;
}

function SlotNote(props: { readonly tile: BenchView["slots"][number] }) {
  const { message, state, label } = props.tile;
  const explain = useMessageWords();
  if (message === null) return null;
  const { what, more } = explain(message);
  return (
    <Note tone={state === "action" ? "action" : "held"}>
      <p className="strong">{what}</p>
      {more.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {label === null ? null : <p className="weak">{label}</p>}
    </Note>
  );
}

/** A stick that failed in its slot can be given up like one that was pulled. */
function withStuck(bench: BenchView): BenchView {
  const stuck = bench.slots.flatMap(({ stick, canRelease, label, slot, devices }) =>
    canRelease && stick !== null ? [{ stick, label: label ?? String(slot), devices }] : [],
  );
  return { ...bench, owed: [...bench.owed, ...stuck] };
}

/** Slots that are about to be taught have their tile already. */
function withUntaught({ slots, teaching }: BenchView): BenchView["slots"] {
  const numbers = [teaching?.waitingFor ?? [], teaching?.toCome ?? []].flat();
  const missing = numbers.filter((number) => !slots.some(({ slot }) => slot === number));
  return [...slots, ...missing.map(untaught)].sort((a, b) => a.slot - b.slot);
}

function untaught(slot: number): BenchView["slots"][number] {
  return {
    slot,
    taught: false,
    state: "empty",
    label: null,
    sizeBytes: null,
    fileSystem: null,
    devices: 0,
    message: null,
    stick: null,
    canRelease: false,
    canRetry: false,
    canAccept: null,
  };
}
