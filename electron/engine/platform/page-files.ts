import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

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
  const walk = async (inside: string, prefix: string) => {
    for (const entry of await readdir(inside, { withFileTypes: true })) {
      const path = join(inside, entry.name);
      const type = types[extname(entry.name)];
      if (entry.isDirectory()) await walk(path, `${prefix}${entry.name}/`);
      else if (entry.isFile() && type !== undefined) {
        files.set(`${prefix}${entry.name}`, { type, bytes: new Uint8Array(await readFile(path)) });
      }
    }
  };
  await walk(folder, "/");
  return files;
}

/** The page behind a request's path, `/` being the index; null for whatever is not one of the window's files. */
export function pageFileAt(files: PageFiles, path: string): PageFile | null {
  return files.get(path === "/" ? "/index.html" : path) ?? null;
}
