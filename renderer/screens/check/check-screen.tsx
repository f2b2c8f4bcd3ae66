import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useFetched, useLive, useStation } from "../../client/hooks.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { type NextAction, Screen } from "../../shell/screen.tsx";
import { go } from "../../shell/use-route.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { StateIcon } from "../../ui/state-icon.tsx";
import { AllowanceNote, allowedOf } from "./allowance-note.tsx";
import "./check.css";
import { Conflicts } from "./conflicts.tsx";
import { FoundCard } from "./found-card.tsx";
import { RejectedList } from "./rejected-list.tsx";
import { missingBytes, RoomCard } from "./room-card.tsx";
import { SeatsCard } from "./seats-card.tsx";
import { TermCard } from "./term-card.tsx";

type OnConflict = CallInput<"batch.start">["onConflict"];

/** Everything that can be known before a seat is spent; the second and last action of the main job. */
export function CheckScreen(props: { readonly stickId: string }) {
  const { stickId } = props;
  const { text } = useText();
  const { live } = useStation();
  const stick = useLive((state) => state.sticks?.find((each) => each.id === stickId) ?? null);
  // Another licence, or another state of it, lets another number through.
  const licence = useLive(({ licence: now }) =>
    now === null ? null : [now.licenceId, now.state, now.writes, now.quota.limit, now.devices.limit].join(" "),
  );
  const preflight = useFetched("batch.preflight", { stickId }, licence);
  const command = useCommand();
  const [onConflict, setOnConflict] = useState<OnConflict>("refuse");
  const found = preflight.value;
  const failure = command.failure ?? preflight.failure;

  const start = () =>
    void command.run("batch.start", { stickId, onConflict }).then((batch) => {
      if (batch === null) return;
      live.putBatch(batch);
      go({ screen: "batch", batch: batch.id });
    });
  return (
    <Screen
      title={text.check.title(stick?.label ?? "")}
      hint={found === null ? null : <p>{leadBody(found, allowedOf(found, provisionable(found, onConflict)), text)}</p>}
      secondary={
        <Button onPress={() => go({ screen: "station" })}>
          <ArrowLeft size={20} aria-hidden />
          {text.check.back}
        </Button>
      }
      next={nextAction({
        found,
        failed: preflight.failure !== null,
        onConflict,
        busy: command.busy,
        start,
        again: preflight.reload,
        text,
      })}
    >
      <div className="stack">
        {failure === null ? null : <FailureNote failure={failure} />}
        {found === null ? (
          preflight.failure === null ? (
            <div className="empty" role="status" data-busy>
              <StateIcon shape="dots" size={48} />
              <p>{text.check.working}</p>
            </div>
          ) : null
        ) : (
          <>
            {found.problem === null ? null : <FailureNote failure={found.problem} />}
            <p className="figure">
              {allowedOf(found, provisionable(found, onConflict)) === 0
                ? text.check.nothingToDo
                : text.check.ready(allowedOf(found, provisionable(found, onConflict)))}
            </p>
            <AllowanceNote preflight={found} wanted={provisionable(found, onConflict)} />
            {found.conflicts.length === 0 ? null : (
              <Conflicts conflicts={found.conflicts} value={onConflict} onChange={setOnConflict} />
            )}
            <div className="check-grid">
              <FoundCard preflight={found} />
              <SeatsCard preflight={found} />
              <TermCard preflight={found} />
              <RoomCard preflight={found} />
            </div>
            {found.rejected.length === 0 ? null : <RejectedList rows={found.rejected} />}
          </>
        )}
      </div>
    </Screen>
  );
}

type Preflight = CallOutput<"batch.preflight">;
type Texts = ReturnType<typeof useText>["text"];

/** Devices the batch would take up; those in conflict count only when they are accepted. */
function provisionable(preflight: Preflight, onConflict: OnConflict): number {
  if (onConflict === "accept") return preflight.found;
  const inConflict = new Set(
    preflight.conflicts.flatMap(({ kind, subject, values }) => (kind === "one-name" ? values : [subject])),
  );
  return Math.max(0, preflight.found - inConflict.size);
}

function isBlocked(preflight: Preflight): boolean {
  return preflight.problem !== null || missingBytes(preflight) > 0;
}

function leadBody(preflight: Preflight, allowed: number, text: Texts): string {
  if (isBlocked(preflight)) return text.check.blocked;
  return text.check.readyBody(Math.min(preflight.seatsNeeded, allowed));
}

function nextAction(from: {
  readonly found: Preflight | null;
  readonly failed: boolean;
  readonly onConflict: OnConflict;
  readonly busy: boolean;
  readonly start: () => void;
  readonly again: () => void;
  readonly text: Texts;
}): NextAction {
  const { found, failed, onConflict, busy, start, again, text } = from;
  const idle = { isDisabled: true, onPress: start };
  if (failed) return { label: text.check.again, needs: "batch.preflight", onPress: again };
  if (found === null) return { ...idle, label: text.check.checking };
  if (found.found === 0) return { ...idle, label: text.check.nothingToDo };
  if (isBlocked(found)) return { label: text.check.again, onPress: again };
  if (found.conflicts.length > 0 && onConflict === "refuse") return { ...idle, label: text.check.decideFirst };
  const wanted = provisionable(found, onConflict);
  const allowed = allowedOf(found, wanted);
  if (allowed === 0 && wanted > 0) return { ...idle, label: text.check.allowance.next, needs: "batch.start" };
  const label = allowed < wanted ? text.check.provisionSome(allowed, wanted) : text.check.provision(wanted);
  return { label, isDisabled: busy, onPress: start, needs: "batch.start" };
}
