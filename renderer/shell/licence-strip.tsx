import { useLive } from "../client/hooks.ts";
import { formatDuration, type Language } from "../model/format.ts";
import { type LicenceAlarm, licenceAlarm, secondsUntil } from "../model/licence-state.ts";
import type { Licence } from "../model/live.ts";
import { formatRoute, writingScreens } from "../model/route.ts";
import type { Texts } from "../text/texts.ts";
import { useRoute } from "./use-route.ts";
import { useText } from "../text/use-text.ts";
import { type Shape, StateIcon } from "../ui/state-icon.tsx";

const shapes: Readonly<Record<LicenceAlarm["tone"], Shape>> = { action: "triangle", held: "bars", quiet: "outline" };

/** Kinds whose words never change while they last: read out at once, without being repeated every minute. */
const steady: ReadonlySet<LicenceAlarm["kind"]> = new Set([
  "tampered",
  "locked-out",
  "read-only",
  "offline-over",
  "stopped",
]);

/** One line under the status strip, on every screen, while the station's own licence has something to say. */
export function LicenceStrip(props: { readonly now: number }) {
  const licence = useLive((state) => state.licence);
  const { text, language } = useText();
  const words = text.licence.strip;
  const { screen } = useRoute();
  const alarm = licence === null ? null : licenceAlarm(licence, props.now);
  if (licence === null || alarm === null) return null;
  // The licence's own screen and the tamper page say it larger than this line could.
  if (screen === "licence" || (alarm.kind === "tampered" && writingScreens.has(screen))) return null;
  return (
    <div className="alarm" data-tone={alarm.tone} role={steady.has(alarm.kind) ? "alert" : "note"}>
      <StateIcon shape={shapes[alarm.tone]} size={20} />
      <p>{alarmWords(alarm, licence, props.now, words, language)}</p>
      <a href={formatRoute({ screen: "licence" })}>{alarm.kind === "tampered" ? words.lookTampered : words.look}</a>
    </div>
  );
}

function alarmWords(
  alarm: LicenceAlarm,
  licence: Licence,
  now: number,
  words: Texts["licence"]["strip"],
  language: Language,
): string {
  const until = (instant: string | null) =>
    instant === null ? null : formatDuration(secondsUntil(instant, now), language);
  const free = until(licence.quota.freeAt);
  const grace = until(licence.graceEndsAt);
  const contact = until(licence.offlineEndsAt);
  if (alarm.kind === "few-left") return words.fewLeft(alarm.left);
  if (alarm.kind === "quota-over" && free !== null) return words["quota-overFree"](free);
  if (alarm.kind === "grace" && grace !== null) return words.graceFor(grace);
  if (alarm.kind === "offline-soon" && contact !== null) return words.offlineSoonFor(contact);
  return words[alarm.kind];
}
