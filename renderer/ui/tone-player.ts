export interface Tone {
  readonly hertz: number;
  readonly at: number;
  readonly length: number;
}

/**
 * Plays short tunes one after another, so that two sticks that finish together are heard as two. Browsers stay silent
 * until the person has touched the window once.
 */
export function createTonePlayer(): { readonly play: (tones: readonly Tone[]) => void } {
  let context: AudioContext | null = null;
  let free = 0;
  return {
    play(tones) {
      if (tones.length === 0) return;
      context ??= new AudioContext();
      void context.resume().catch(() => undefined);
      const start = Math.max(context.currentTime + 0.02, free);
      // A hub of sixteen must not leave a queue of tunes that are no longer true.
      if (start - context.currentTime > 4) return;
      for (const tone of tones) playOne(context, start, tone);
      free = start + Math.max(...tones.map((tone) => tone.at + tone.length)) + 0.15;
    },
  };
}

function playOne(context: AudioContext, start: number, tone: Tone): void {
  const oscillator = new OscillatorNode(context, { type: "triangle", frequency: tone.hertz });
  const volume = new GainNode(context, { gain: 0 });
  const from = start + tone.at;
  const end = from + tone.length;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.4, from + 0.01);
  volume.gain.setValueAtTime(0.4, end - 0.03);
  volume.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(end);
}
