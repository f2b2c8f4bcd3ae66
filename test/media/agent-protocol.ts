/** One JSON object a line, both ways; JSON escapes line feeds, so a line is a message. */
export type ToGuest =
  | { readonly id: number; readonly start: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly id: number; readonly signal: "SIGINT" | "SIGKILL" }
  /** Connections to this loopback port in the guest go on to the same port of the host. */
  | { readonly id: number; readonly forward: number };

export type FromGuest =
  | { readonly ready: true }
  | { readonly id: number; readonly out: string }
  | { readonly id: number; readonly err: string }
  /** The last word on an id. Null: it could not be started or was killed. */
  | { readonly id: number; readonly exit: number | null };
