import { useEffect, useSyncExternalStore } from "react";
import type { Settings } from "../model/live.ts";

/** Puts theme, density and language on the document, where the style sheets look for them. */
export function useAppearance(settings: Settings | null): void {
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const isContrast = useMedia("(prefers-contrast: more)");
  const chosen = settings?.theme ?? "system";
  const theme = chosen === "system" ? (isContrast ? "contrast" : isDark ? "dark" : "light") : chosen;
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useEffect(() => {
    document.documentElement.dataset["density"] = settings?.profile ?? "field";
    document.documentElement.lang = settings?.language ?? "en";
  }, [settings?.profile, settings?.language]);
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}
