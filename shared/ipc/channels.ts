/** Names of the messages between the desktop shell's two halves. */
export const channels = {
  /** (name, input) -> Reply */
  call: "station:call",
  /** (subscription, feed) */
  subscribe: "station:subscribe",
  /** (subscription) */
  unsubscribe: "station:unsubscribe",
  /** (subscription, snapshot), answered by `taken` before the next one is sent */
  snapshot: "station:snapshot",
  /** (subscription) */
  taken: "station:taken",
} as const;

/** The window's own protocol and the one host it answers for. */
export const windowScheme = "station";
export const windowHost = "window";
export const windowAddress = `${windowScheme}://${windowHost}/`;
