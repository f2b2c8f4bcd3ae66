import { join } from "node:path";
import { z } from "zod";
import { type Document, openDocument } from "./document.ts";

/** Folders that stand in for sticks, as the host's dialogs returned them; never told to the window by path. */
export function openFolders(home: string): Document<readonly string[]> {
  return openDocument<readonly string[]>(
    join(home, "folders.json"),
    z.array(z.string().min(1).max(32_768)).max(256),
    [],
  );
}
