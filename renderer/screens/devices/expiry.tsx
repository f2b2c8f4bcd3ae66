import { daysUntil } from "../../model/format.ts";
import { Instant } from "../../shell/instant.tsx";
import { useText } from "../../text/use-text.ts";
import { Badge } from "../../ui/badge.tsx";

const soonDays = 30;

/** When a file ends, marked where that is soon or past. */
export function Expiry(props: { readonly at: string | null }) {
  const { at } = props;
  const { text } = useText();
  if (at === null) return null;
  const days = daysUntil(at, new Date());
  return (
    <>
      <Instant at={at} isDay />{" "}
      {days < 0 ? (
        <Badge tone="action" shape="triangle" word={text.devices.past} />
      ) : days <= soonDays ? (
        <Badge tone="held" shape="bars" word={days === 0 ? text.devices.today : text.devices.soon(days)} />
      ) : null}
    </>
  );
}
