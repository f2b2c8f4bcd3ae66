import { join } from "node:path";
import { hex } from "#shared/formats/encoding.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import { rehearsalFiles, writeRehearsalStick } from "./rehearsal-stick.ts";
import { stickViewOf } from "./sticks.ts";
import type { Workspace } from "./workspace.ts";

type StickCalls = "sticks.add-folder" | "sticks.remove-folder" | "sticks.read" | "rehearsal.make-stick";

export function stickHandlers(desk: Desk, dialogs: Dialogs, clock: Clock, random: Random): Pick<Handlers, StickCalls> {
  const listed = ({ sticks }: Workspace) => sticks.list().map(stickViewOf);
  const add = async ({ sticks, folders }: Workspace, path: string) => {
    const stick = sticks.addFolder(path);
    if (!folders.get().includes(path)) folders.set([...folders.get(), path]);
    await sticks.read(stick);
  };
  return {
    "sticks.add-folder": async () => {
      const workspace = await desk.workspace();
      const path = await dialogs.chooseFolder("stick");
      if (path !== null) await add(workspace, path);
      return listed(workspace);
    },
    "sticks.remove-folder": async ({ stickId }) => {
      const workspace = await desk.workspace();
      const { sticks, folders } = workspace;
      const { path } = sticks.byId(stickId);
      sticks.removeFolder(stickId);
      folders.set(folders.get().filter((folder) => folder !== path));
      return listed(workspace);
    },
    "sticks.read": async ({ stickId }) => {
      const workspace = await desk.workspace();
      await workspace.sticks.read(workspace.sticks.byId(stickId));
      return listed(workspace);
    },
    "rehearsal.make-stick": async ({ devices }) => {
      const workspace = await desk.workspace();
      if (workspace.rehearsal === null)
        throw new StationError("USAGE", "Practice sticks are for a rehearsal. Begin one first.");
      // Beside the rehearsal's home: no stick may lie in the home of the station that provisions it.
      const folder = join(desk.home, "rehearsal-sticks", `practice-${hex(random.bytes(3))}`);
      writeRehearsalStick(folder, rehearsalFiles(devices, random, clock.now()));
      await add(workspace, folder);
      return listed(workspace);
    },
  };
}
