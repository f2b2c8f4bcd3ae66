import { type FSWatcher, watch } from "node:fs";

/** Something that may notice that drives came or went. It is only ever a reason to look; what is there, a scan says. */
export interface HotplugSource {
  /** @returns how to stop it; stopping twice does nothing */
  start(listener: HotplugListener): () => void;
}

export interface HotplugListener {
  readonly nudge: () => void;
  /** It works from now on; `library` names what it stands on, where that is a library. */
  readonly ready?: (library: string) => void;
  /** The source has ended or never began, and polling alone goes on; why, for the log. */
  readonly absent: (why: string) => void;
}

/** Device nodes come and go in one folder on Linux and macOS. */
export function watchFolder(folder = "/dev"): HotplugSource {
  return {
    start: ({ nudge, absent }) => {
      let watcher: FSWatcher;
      try {
        watcher = watch(folder, { persistent: false }, nudge);
      } catch {
        absent(`${folder} cannot be watched`);
        return () => {};
      }
      watcher.on("error", () => {
        watcher.close();
        absent(`${folder} is not watched any more`);
      });
      return () => {
        watcher.close();
      };
    },
  };
}
