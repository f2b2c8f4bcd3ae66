import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** URL path (`/index.html`) -> file. Whoever serves the window looks up here and never builds a path from a request. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Takes the built window into memory (a few MB). Files of kinds that a page has no use for, maps above all, are left out. */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join("/")}`, { type, bytes: new Uint8Array(await readFile(path)) });
  }
  return files;
}

/** The page behind a request's path, `/` being the index; null for whatever is not one of the window's files. */
export function pageFileAt(files: PageFiles, path: string): PageFile | null {
  return files.get(path === "/" ? "/index.html" : path) ?? null;
}
