import { useSyncExternalStore } from "react";
import { formatRoute, parseRoute, type Route } from "../model/route.ts";

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(onHash, () => location.hash));
}

export function go(route: Route): void {
  location.hash = formatRoute(route);
}

function onHash(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}
