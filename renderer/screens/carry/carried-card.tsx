import type { CallOutput } from "#shared/ipc/contract.ts";
import { Instant } from "../../shell/instant.tsx";
import type { Messages } from "../../text/message.ts";
import { useText } from "../../text/use-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Note } from "../../ui/note.tsx";

/** What the licence says of itself, and whether it holds. */
export function CarriedCard(props: { readonly carried: CallOutput<"carry.fetch"> }) {
  const { carried } = props;
  const { text } = useText();
  const words = text.carry;
  const messages: Readonly<Partial<Record<string, Messages[keyof Messages]>>> = text.messages;
  const { problem } = carried;
  return (
    <section className="card">
      <div>
        <h2>{words.kinds[carried.kind]}</h2>
        <p className="figure carry-customer">{carried.customer}</p>
      </div>
      {problem === null ? (
        <Badge tone="done" shape="check" word={words.good} />
      ) : (
        <Note tone="action">
          <p className="strong">{messages[problem.code]?.[0] ?? problem.message}</p>
          <p className="note-next">{messages[problem.code]?.[2]}</p>
        </Note>
      )}
      <dl className="facts">
        <div>
          <dt>{words.facts.tier}</dt>
          <dd>{carried.tier}</dd>
        </div>
        <div>
          <dt>{words.facts.id}</dt>
          <dd>{carried.licenceId}</dd>
        </div>
        <div>
          <dt>{words.facts.expires}</dt>
          <dd>
            <Instant at={carried.expiresAt} />
          </dd>
        </div>
      </dl>
      <dl className="stack-tight">
        <div>
          <dt className="small weak">{words.facts.key}</dt>
          <dd className="code any-break">{carried.vendorKeySha256}</dd>
        </div>
        <div>
          <dt className="small weak">{words.facts.token}</dt>
          <dd className="code any-break">{carried.tokenSha256}</dd>
        </div>
      </dl>
    </section>
  );
}
