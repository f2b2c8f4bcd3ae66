import { useState } from "react";
import { type Command, useStation } from "../../client/hooks.ts";
import { slotCounts } from "../../model/slot-counts.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import type { BenchSlot } from "./bench-tile.tsx";

type Reason = NonNullable<BenchSlot["canAccept"]>;

/** Lets a held stick go on as its button says; asks once more where devices get a second file. */
export function DecideButton(props: { readonly tile: BenchSlot; readonly command: Command }) {
  const { tile, command } = props;
  const { slot, stick, canAccept: reason, message, label } = tile;
  const { text } = useText();
  const { live } = useStation();
  const seen = JSON.stringify([slot, stick, reason, message]);
  const [asking, setAsking] = useState<string | null>(null);
  if (reason === null || stick === null) return null;
  const counts = slotCounts(message?.details);
  const words = text.bench.accept[reason](counts);
  const accept = () => {
    setAsking(null);
    void command.run("bench.accept", { slot, stick, reason }).then((now) => now !== null && live.setBench(now));
  };
  return (
    <>
      <Button onPress={isSecondFile(reason) ? () => setAsking(seen) : accept} isDisabled={command.busy}>
        {words}
      </Button>
      {isSecondFile(reason) ? (
        <Confirm
          // What was asked about something else is not asked any more.
          isOpen={asking === seen}
          title={text.bench.acceptTitle[reason](label ?? text.station.slot(slot))}
          body={text.bench.acceptBody[reason](counts)}
          confirm={words}
          cancel={text.bench.acceptNot}
          onConfirm={accept}
          onCancel={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}

function isSecondFile(reason: Reason): reason is Exclude<Reason, "some-refused" | "renewal"> {
  return reason !== "some-refused" && reason !== "renewal";
}
