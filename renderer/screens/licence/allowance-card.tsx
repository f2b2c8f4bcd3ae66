import { devicesLeft, quotaLeft } from "../../model/licence-state.ts";
import type { Licence } from "../../model/live.ts";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";

/** How much may be provisioned: the rolling day, the UTC day, devices in all, and at once. */
export function AllowanceCard(props: { readonly licence: Licence }) {
  const { licence } = props;
  const { text } = useText();
  const words = text.licence.quota;
  const { quota, devices, burst } = licence;
  const left = quotaLeft(licence);
  return (
    <section className="card">
      <div>
        <h2>{words.title}</h2>
        <p className="figure">{!licence.writes ? words.nothing : left === null ? words.noLimit : words.left(left)}</p>
      </div>
      <Meter name={words.day} used={quota.last24Hours} limit={quota.limit} />
      <Meter name={words.today} used={quota.today} limit={quota.limit} />
      {quota.freeAt === null ? null : (
        <p>
          {words.freeAt} <Instant at={quota.freeAt} />
        </p>
      )}
      {licence.state === "none" ? null : (
        <Meter name={words.devices} used={devices.used} limit={devices.limit} isFull={devicesLeft(licence) === 0} />
      )}
      <p className="meter-words">
        <span>{words.burst}</span>
        <span className="strong">{burst === null ? words.noBurst : words.burstWords(burst.count, burst.seconds)}</span>
      </p>
    </section>
  );
}

function Meter(props: {
  readonly name: string;
  readonly used: number;
  readonly limit: number | null;
  readonly isFull?: boolean;
}) {
  const { name, used, limit, isFull = limit !== null && used >= limit } = props;
  const { text } = useText();
  const words = text.licence.quota;
  return (
    <div className="meter">
      <p className="meter-words">
        <span>{name}</span>
        <span className="strong">{limit === null ? words.usedOnly(used) : words.used(used, limit)}</span>
      </p>
      {limit === null ? null : (
        <div className="meter-track" role="img" aria-label={words.bar(name, used, limit)}>
          <span
            {...(isFull ? { "data-full": true } : {})}
            style={{ width: `${limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}%` }}
          />
        </div>
      )}
    </div>
  );
}
