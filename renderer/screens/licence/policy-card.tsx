import type { Command } from "../../client/hooks.ts";
import type { Licence } from "../../model/live.ts";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Choice } from "../../ui/choice.tsx";

/** What holds once the licence has ended for good. */
export function PolicyCard(props: {
  readonly licence: Licence;
  readonly command: Command;
  readonly onTaken: (licence: Licence | null) => void;
}) {
  const { licence, command, onTaken } = props;
  const { text } = useText();
  const words = text.licence.policy;
  const refusal = useRefusal("licence.set-expired-policy");
  return (
    <section className="card">
      <h2>{words.title}</h2>
      <Choice
        label={words.title}
        isLabelHidden
        look="cards"
        value={licence.expiredPolicy}
        onChange={(policy) => {
          if (refusal === null) void command.run("licence.set-expired-policy", { policy }).then(onTaken);
        }}
        options={[
          { id: "as-none", label: words["as-none"], hint: words.asNoneHint },
          { id: "hard-fail", label: words["hard-fail"], hint: words.hardFailHint },
        ]}
      />
      {refusal === null ? null : <p className="hint">{refusal}</p>}
    </section>
  );
}
