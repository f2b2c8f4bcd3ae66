import { useEffect, useRef, useState } from "react";
import { useLive } from "../client/hooks.ts";
import type { Stick } from "../model/live.ts";
import { soundOf, statesEntered } from "../model/sounds.ts";
import { createTonePlayer } from "../ui/tone-player.ts";

/** Plays the sound of every state a stick comes into, where the settings have sounds on. */
export function useStateSounds(): void {
  const sticks = useLive((state) => state.sticks);
  const isOn = useLive((state) => state.settings?.sounds ?? false);
  const [player] = useState(createTonePlayer);
  const before = useRef<readonly Stick[] | null>(null);
  useEffect(() => {
    const entered = statesEntered(before.current, sticks);
    before.current = sticks;
    if (isOn) for (const state of entered) player.play(soundOf[state]);
  }, [sticks, isOn, player]);
}
