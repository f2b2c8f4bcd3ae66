import { useEffect, useRef } from "react";
import { formatRoute, type Route, screens } from "../model/route.ts";

/** Ctrl or Cmd with Enter presses the corner's button from anywhere, even from within a field. */
export function useNextShortcut(next: { readonly onPress: () => void; readonly isDisabled?: boolean } | null): void {
  const latest = useRef(next);
  latest.current = next;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      if (latest.current === null || latest.current.isDisabled === true) return;
      // While a dialog asks, the screen behind it is deaf.
      if (document.querySelector(".dialog-back") !== null) return;
      event.preventDefault();
      latest.current.onPress();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Ctrl or Cmd with 1 to 9 goes to a screen, a slash to the search of the one at hand. */
export function useScreenShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const screen = event.ctrlKey || event.metaKey ? screens[Number(event.key) - 1] : undefined;
      if (screen !== undefined) {
        event.preventDefault();
        location.hash = formatRoute(firstOf(screen));
      } else if (event.key === "/" && !isTyping(event.target)) {
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (search === null) return;
        event.preventDefault();
        search.focus();
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

export function firstOf(screen: (typeof screens)[number]): Route {
  if (screen === "batch") return { screen, batch: null };
  return screen === "devices" ? { screen, device: null } : { screen };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
