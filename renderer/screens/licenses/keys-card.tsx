import { KeyRound, Plus, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { type Fetched, useCommand } from "../../client/hooks.ts";
import { isoDay, isoMinute } from "../../model/format.ts";
import { FailureNote } from "../../shell/failure-note.tsx";
import { useText } from "../../text/use-text.ts";
import { Badge, type BadgeTone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { Empty } from "../../ui/empty.tsx";
import type { Shape } from "../../ui/state-icon.tsx";

type License = CallOutput<"licenses.list">[number];

const looks: Readonly<Record<License["state"], { readonly tone: BadgeTone; readonly shape: Shape }>> = {
  unknown: { tone: "quiet", shape: "outline" },
  active: { tone: "done", shape: "check" },
  pending: { tone: "held", shape: "bars" },
  suspended: { tone: "held", shape: "bars" },
  revoked: { tone: "action", shape: "triangle" },
  expired: { tone: "action", shape: "triangle" },
  refused: { tone: "action", shape: "triangle" },
};

export function KeysCard(props: {
  readonly licenses: Fetched<CallOutput<"licenses.list">>;
  readonly onAdd: () => void;
}) {
  const { licenses, onAdd } = props;
  const { text } = useText();
  const words = text.licenses.keys;
  const command = useCommand();
  const [removing, setRemoving] = useState<License | null>(null);
  const rows = licenses.value ?? [];
  const run = (name: "licenses.check" | "licenses.remove", id: string) =>
    void command.run(name, { id }).then((now) => now !== null && licenses.set(now));
  return (
    <section className="card">
      <div className="section-head">
        <h2>{words.title}</h2>
        {rows.length === 0 ? null : (
          <Button onPress={onAdd}>
            <Plus size={20} aria-hidden />
            {words.add}
          </Button>
        )}
      </div>
      {command.failure === null ? null : <FailureNote failure={command.failure} />}
      {rows.length === 0 ? (
        <Empty icon={KeyRound} title={words.none} body={words.noneBody} />
      ) : (
        <ul className="license-list">
          {rows.map((license) => (
            <li key={license.id} className="license-row">
              <div>
                <p className="strong">{license.label === "" ? license.product : license.label}</p>
                <p className="code weak">•••• {license.last4}</p>
              </div>
              <div>
                <p>{license.product}</p>
                <p className="small weak">{license.pool}</p>
              </div>
              <Badge {...looks[license.state]} word={words.states[license.state]} />
              <div>
                <p>{seatWords(license, words)}</p>
                <p className="small weak">{license.checkedAt === null ? words.unchecked : endWords(license, words)}</p>
              </div>
              <div className="license-buttons">
                <Button
                  kind="quiet"
                  label={`${words.checkNow} ${license.last4}${license.checkedAt === null ? "" : `, ${words.checked(isoMinute(license.checkedAt))}`}`}
                  onPress={() => run("licenses.check", license.id)}
                  isDisabled={command.busy}
                >
                  <RefreshCw size={20} aria-hidden />
                </Button>
                <Button
                  kind="quiet"
                  label={`${text.shell.common.remove} ${license.last4}`}
                  onPress={() => setRemoving(license)}
                  isDisabled={command.busy}
                >
                  <Trash2 size={20} aria-hidden />
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Confirm
        isOpen={removing !== null}
        title={words.removeTitle(removing?.last4 ?? "")}
        body={words.removeBody}
        confirm={text.shell.common.remove}
        cancel={text.shell.common.cancel}
        onCancel={() => setRemoving(null)}
        onConfirm={() => {
          if (removing !== null) run("licenses.remove", removing.id);
          setRemoving(null);
        }}
      />
    </section>
  );
}

type Words = ReturnType<typeof useText>["text"]["licenses"]["keys"];

function seatWords(license: License, words: Words): string {
  if (license.activeSeats === null) return words.seatsUnknown;
  if (license.seatLimit === null) return words.seatsUnlimited(license.activeSeats);
  return words.seats(license.activeSeats, license.seatLimit);
}

function endWords(license: License, words: Words): string {
  return license.expiresAt === null ? words.noEnd : words.until(isoDay(license.expiresAt));
}
