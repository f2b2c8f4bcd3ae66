import { ScanLine } from "lucide-react";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { useCommand, useLive } from "../../client/hooks.ts";
import { readPasted } from "../../model/pasted-request.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useText } from "../../text/use-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { IssuedFile } from "./issued-file.tsx";
import { type Draft, noStick, RequestForm } from "./request-form.tsx";
import "./single.css";

const blank: Draft = { input: "", name: "", stick: noStick };

/** One device without a batch of its own: fingerprint in, machine file out, one button. */
export function SingleScreen() {
  const { text } = useText();
  const words = text.single;
  const sticks = useLive((state) => state.sticks);
  const ready = (sticks ?? []).filter((stick) => stick.state === "ready");
  const [draft, setDraft] = useState<Draft>(blank);
  const [issued, setIssued] = useState<CallOutput<"single.issue"> | null>(null);
  const command = useCommand();
  const request = readPasted(draft.input);
  const stick = ready.some((each) => each.id === draft.stick) ? draft.stick : noStick;

  const issue = () => {
    if (request.kind !== "request") return;
    const name = draft.name === "" ? (request.name ?? "") : draft.name;
    void command
      .run("single.issue", { fingerprint: request.fingerprint, name, stickId: stick === noStick ? null : stick })
      .then((file) => file !== null && setIssued(file));
  };
  const change = (now: Draft) => {
    setDraft(now);
    setIssued(null);
    command.clear();
  };
  return (
    <Screen
      title={words.title}
      hint={<p>{request.kind === "request" ? words.hint : words.hintEmpty}</p>}
      next={
        issued === null
          ? {
              label: command.busy ? words.busy : words.next,
              isDisabled: request.kind !== "request" || command.busy,
              needs: "single.issue",
              onPress: issue,
            }
          : { label: words.nextAnother, onPress: () => change({ ...blank, stick: draft.stick }) }
      }
    >
      <div className="single">
        <RequestForm draft={{ ...draft, stick }} request={request} sticks={ready} onChange={change} />
        <section className="card">
          {command.failure === null ? null : <FailureNote failure={command.failure} />}
          {issued === null ? (
            command.failure === null ? (
              <Empty icon={ScanLine} title={words.emptyTitle} body={words.emptyBody} />
            ) : null
          ) : (
            <IssuedFile issued={issued} />
          )}
        </section>
      </div>
    </Screen>
  );
}
