import { Plus } from "lucide-react";
import type { Command } from "../../client/hooks.ts";
import type { Licence } from "../../model/live.ts";
import { useRefusal } from "../../shell/use-refusal.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";

/** The public keys that are believed, each whole, so that it can be compared with what its vendor publishes. */
export function VendorKeysCard(props: {
  readonly licence: Licence;
  readonly command: Command;
  readonly onTaken: (licence: Licence | null) => void;
}) {
  const { licence, command, onTaken } = props;
  const { text } = useText();
  const words = text.licence.keys;
  const refusal = useRefusal("licence.add-vendor-key");
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p className="weak">{licence.vendorKeys.length === 0 ? words.none : words.body}</p>
      </div>
      <ul className="vendor-keys">
        {licence.vendorKeys.map((key) => (
          <li key={key.sha256}>
            <p>
              <span className="strong">{words.kinds[key.kind]}</span>
              {" · "}
              {key.bundled ? words.bundled : words.added}
            </p>
            <p className="code any-break">{key.sha256.match(/.{1,8}/g)?.join(" ") ?? key.sha256}</p>
          </li>
        ))}
      </ul>
      {refusal === null ? null : <p className="hint">{refusal}</p>}
      <div className="line">
        <Button
          onPress={() => void command.run("licence.add-vendor-key", {}).then(onTaken)}
          isDisabled={command.busy || refusal !== null}
        >
          <Plus size={20} aria-hidden />
          {words.add}
        </Button>
      </div>
    </section>
  );
}
