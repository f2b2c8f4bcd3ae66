import { useEffect, useRef, useState } from "react";
import { useLive } from "../client/hooks.ts";
import { soundingOf, soundOf, statesEntered } from "../model/sounds.ts";
import { createTonePlayer } from "../ui/tone-player.ts";

/** Plays the sound of every state a stick or an armed slot comes into, where the settings have sounds on. */
export function useStateSounds(): void {
  const sticks = useLive((state) => state.sticks);
  const bench = useLive((state) => state.bench);
  const isOn = useLive((state) => state.settings?.sounds ?? false);
  const [player] = useState(createTonePlayer);
  const before = useRef<ReturnType<typeof soundingOf>>(null);
  useEffect(() => {
    const sounding = soundingOf(sticks, bench);
    const entered = statesEntered(before.current, sounding);
    before.current = sounding;
    if (isOn) for (const state of entered) player.play(soundOf[state]);
  }, [sticks, bench, isOn, player]);
}
