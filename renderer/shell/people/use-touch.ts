import { useEffect } from "react";
import { useLive, useStation } from "../../client/hooks.ts";

/** Often enough for a lock that strikes after a minute, seldom enough to be no load. */
const everyMs = 15_000;

/** Tells the engine that somebody is there, while somebody is signed in; without it the engine locks. */
export function useTouch(): void {
  const { client, live } = useStation();
  const isIn = useLive((state) => state.session?.accounts === true && state.session.operator !== null);
  useEffect(() => {
    if (!isIn) return;
    let last = Number.NEGATIVE_INFINITY;
    const touch = () => {
      const now = performance.now();
      if (now - last < everyMs) return;
      last = now;
      void client.call("session.touch", {}).then((reply) => reply.ok && live.setSession(reply.value));
    };
    const kinds = ["pointerdown", "keydown", "wheel"] as const;
    for (const kind of kinds) document.addEventListener(kind, touch, { capture: true, passive: true });
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, touch, { capture: true });
    };
  }, [client, live, isIn]);
}
