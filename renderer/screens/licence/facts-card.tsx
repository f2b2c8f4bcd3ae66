import type { Licence } from "../../model/live.ts";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";

/** What the token says of its owner. */
export function FactsCard(props: { readonly licence: Licence }) {
  const { licence } = props;
  const { text } = useText();
  const words = text.licence.facts;
  const facts = [
    [words.customer, licence.customer],
    [words.email, licence.email],
    [words.tier, licence.tier],
    [words.sku, licence.sku],
    [words.id, licence.licenceId],
    [words.form, licence.form === null ? null : words.forms[licence.form]],
    [words.bound, licence.boundToThisStation ? words.yes : words.no],
  ] as const;
  return (
    <section className="card">
      <h2>{words.title}</h2>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
        {licence.issuedAt === null ? null : (
          <div>
            <dt>{words.issued}</dt>
            <dd>
              <Instant at={licence.issuedAt} isDay />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
