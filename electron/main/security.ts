import { windowHost, windowScheme } from "#shared/ipc/channels.ts";

/** What of Electron's frames is needed to say whose message it is. */
export interface Frame {
  readonly url: string;
}

export interface MessageEvent {
  readonly sender: unknown;
  /** Null when the frame is gone already. */
  readonly senderFrame: Frame | null;
}

/** Our window's contents, its main frame, our own protocol: anything else is a stranger, whatever it asks. */
export function isOwnMessage(event: MessageEvent, contents: { readonly mainFrame: Frame } | null): boolean {
  return (
    contents !== null &&
    event.sender === contents &&
    event.senderFrame !== null &&
    event.senderFrame === contents.mainFrame &&
    isOwnAddress(event.senderFrame.url)
  );
}

/** A page of the window's protocol. Compared by parsed parts: a prefix can be imitated. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${windowScheme}:` && url.host === windowHost && url.username === "";
}

/** What of a session is hardened. */
export interface SessionPieces {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      answer: (granted: boolean) => void,
      details: {
        readonly requestingUrl: string;
        readonly isMainFrame: boolean;
        readonly mediaTypes?: readonly string[];
      },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (
      contents: unknown,
      permission: string,
      origin: string,
      details: { readonly mediaType?: string },
    ) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, answer: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
  on(event: "will-download", listener: (event: Stoppable, item: { getURL(): string }) => void): unknown;
}

interface Stoppable {
  preventDefault(): void;
}

/**
 * Everything a page could ask for is refused but two things our own page needs: the camera, to scan codes, and to
 * put text on the clipboard.
 */
export function hardenSession(session: SessionPieces): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl, isMainFrame, mediaTypes }) => {
    const isCamera = permission === "media" && mediaTypes?.length === 1 && mediaTypes[0] === "video";
    answer((isCamera || permission === clipboardWrite) && isMainFrame && isOwnAddress(requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, { mediaType }) => {
    const isCamera = permission === "media" && mediaType === "video";
    return (isCamera || permission === clipboardWrite) && isOwnAddress(origin);
  });
  session.setDevicePermissionHandler(() => false);
  // The page has no business with any network: calls go through the engine.
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwnResource(url) }));
  session.on("will-download", (event, item) => {
    // Reports and files are made by the page itself; the system's dialog asks where they go.
    if (!item.getURL().startsWith(`blob:${windowScheme}://${windowHost}/`)) event.preventDefault();
  });
}

const clipboardWrite = "clipboard-sanitized-write";

/** What of each new web contents is hardened. */
export interface ContentsPieces {
  on(
    event: "will-navigate" | "will-frame-navigate" | "will-redirect" | "will-attach-webview",
    listener: (event: Stoppable) => void,
  ): unknown;
  setWindowOpenHandler(handler: () => { action: "deny" }): void;
}

/** A page stays what it is: no other place, no frame elsewhere, no window, no embedded browser. Reload is not navigation. */
export function hardenContents(contents: ContentsPieces): void {
  const stop = (event: Stoppable) => event.preventDefault();
  contents.on("will-navigate", stop);
  contents.on("will-frame-navigate", stop);
  contents.on("will-redirect", stop);
  contents.on("will-attach-webview", stop);
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
}

function isOwnResource(address: string): boolean {
  if (isOwnAddress(address)) return true;
  return address.startsWith("blob:") || address.startsWith("data:") || address.startsWith("devtools:");
}
