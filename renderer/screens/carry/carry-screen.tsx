import { PackageOpen } from "lucide-react";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useLive } from "../../client/hooks.ts";
import { isFileName } from "../../model/file-name.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import "./carry.css";
import { CarriedCard } from "./carried-card.tsx";
import { TakeCard } from "./take-card.tsx";
import { blankTarget, type Target, TargetCard } from "./target-card.tsx";

type Carried = CallOutput<"carry.fetch">;

/** A licence for somebody else's server: look at it, choose where it goes, put it on the stick. */
export function CarryScreen() {
  const { text } = useText();
  const words = text.carry;
  const sticks = useLive((state) => state.sticks);
  const ready = (sticks ?? []).filter((stick) => stick.state === "ready" || stick.state === "empty");
  const take = useCommand();
  const deliver = useCommand();
  const [carried, setCarried] = useState<Carried | null>(null);
  const [target, setTarget] = useState<Target>(blankTarget);
  const [done, setDone] = useState<CallOutput<"carry.deliver"> | null>(null);
  const stick = ready.find((each) => each.id === target.stickId) ?? ready[0];
  const begin = () => {
    setCarried(null);
    setDone(null);
    setTarget(blankTarget);
    deliver.clear();
  };
  const show = (found: Carried | null) => {
    if (found === null) return;
    setCarried(found);
    setDone(null);
    deliver.clear();
    setTarget({ ...target, fileName: found.fileName });
  };
  const put = () => {
    if (stick === undefined || carried === null) return;
    void deliver
      .run("carry.deliver", { stickId: stick.id, target: target.target.trim(), fileName: target.fileName })
      .then(setDone);
  };
  const isReady =
    carried !== null && carried.problem === null && stick !== undefined && isFileName(target.fileName) && !deliver.busy;
  return (
    <Screen
      title={words.title}
      hint={
        <p>
          {done !== null
            ? words.doneBody(done.fileName, done.ledgerIndex)
            : carried === null || stick === undefined || carried.problem !== null
              ? words.lead
              : words.hint(target.fileName, stick.label)}
        </p>
      }
      secondary={
        done === null ? null : <Button onPress={() => go({ screen: "batch", batch: done.batch })}>{words.proof}</Button>
      }
      next={
        done === null
          ? {
              label: deliver.busy ? words.busy : words.next,
              isDisabled: !isReady,
              onPress: put,
              needs: "carry.deliver",
            }
          : { label: words.another, onPress: begin }
      }
    >
      <div className="carry">
        <TakeCard command={take} onFound={show} />
        <div className="stack">
          {carried === null ? (
            <section className="card">
              <Empty icon={PackageOpen} title={words.emptyTitle} body={words.emptyBody} />
            </section>
          ) : (
            <CarriedCard carried={carried} />
          )}
          {carried === null || carried.problem !== null || done !== null ? null : (
            <TargetCard target={target} onChange={setTarget} sticks={ready} stickId={stick?.id ?? null} />
          )}
          {deliver.failure === null ? null : <FailureNote failure={deliver.failure} />}
          {done === null ? null : <Delivered done={done} />}
        </div>
      </div>
    </Screen>
  );
}

function Delivered(props: { readonly done: CallOutput<"carry.deliver"> }) {
  const { done } = props;
  const { text } = useText();
  const words = text.carry;
  return (
    <section className="carry-done" data-tone="done" role="status">
      <h2>{words.done}</h2>
      <p>{words.doneBody(done.fileName, done.ledgerIndex)}</p>
      <p className="code any-break">
        {words.folder}: {done.folder}
      </p>
    </section>
  );
}
