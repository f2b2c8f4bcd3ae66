import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Shows the address in the user's browser. It goes there by way of a file that only this user can read: on a command
 * line every user of the machine could see the token. Returns the function that removes the file.
 */
export function openInBrowser(address: string, home: string, platform: NodeJS.Platform = process.platform): () => void {
  const file = join(home, "open-window.html");
  rmSync(file, { force: true });
  writeFileSync(file, `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${address}">\n`, {
    mode: 0o600,
    flag: "wx",
  });
  const [command, ...args] = openers[platform] ?? ["xdg-open"];
  const opener = spawn(command ?? "xdg-open", [...args, file], { stdio: "ignore", detached: true });
  // Without one, the printed address does.
  opener.on("error", () => {});
  opener.unref();
  return () => rmSync(file, { force: true });
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};
