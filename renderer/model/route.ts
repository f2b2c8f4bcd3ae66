/** Where the window is, kept in the address' fragment so that a reload and Back cost nothing. */
export const screens = [
  "station",
  "batch",
  "single",
  "carry",
  "devices",
  "ledger",
  "licenses",
  "licence",
  "settings",
] as const;
export type ScreenName = (typeof screens)[number];

export type Route =
  | { readonly screen: Exclude<ScreenName, "batch" | "devices"> }
  | { readonly screen: "batch"; readonly batch: string | null }
  | { readonly screen: "devices"; readonly device: string | null }
  | { readonly screen: "check"; readonly stick: string }
  /** What auditors ask, a part of the ledger. */
  | { readonly screen: "answers" }
  | { readonly screen: "first-run" };

/** Screens whose work is refused while tampering is on record; the others only read. */
export const writingScreens: ReadonlySet<Route["screen"]> = new Set(["station", "check", "single", "carry", "licence"]);

export function parseRoute(hash: string): Route {
  const [name = "", argument] = hash.replace(/^#\/?/, "").split("/");
  const value = argument === undefined || argument === "" ? null : decode(argument);
  if (name === "check" && value !== null) return { screen: "check", stick: value };
  if (name === "batch") return { screen: "batch", batch: value };
  if (name === "devices") return { screen: "devices", device: value };
  if (name === "answers") return { screen: "answers" };
  if (name === "first-run") return { screen: "first-run" };
  const plain = (["single", "carry", "ledger", "licenses", "licence", "settings"] as const).find(
    (screen) => screen === name,
  );
  return { screen: plain ?? "station" };
}

export function formatRoute(route: Route): string {
  if (route.screen === "check") return `#/check/${encodeURIComponent(route.stick)}`;
  if (route.screen === "batch" && route.batch !== null) return `#/batch/${encodeURIComponent(route.batch)}`;
  if (route.screen === "devices" && route.device !== null) return `#/devices/${encodeURIComponent(route.device)}`;
  return `#/${route.screen}`;
}

/** The rail's entry that a route belongs to. */
export function railEntry(route: Route): ScreenName {
  if (route.screen === "check") return "station";
  if (route.screen === "answers") return "ledger";
  return route.screen === "first-run" ? "settings" : route.screen;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
