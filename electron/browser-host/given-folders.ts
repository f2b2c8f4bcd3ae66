import { StationError } from "#shared/domain/errors.ts";
import type { Dialogs } from "../engine/handlers/dialogs.ts";

/**
 * A browser has no dialog whose answer may be trusted with a path, so places are named when the host is started: each
 * request for a stick takes the next one, around and around.
 */
export function givenFolders(given: {
  readonly sticks: readonly string[];
  readonly out: string | null;
  readonly ca: string | null;
  readonly licence?: string | null;
  readonly vendorKey?: string | null;
  readonly seats?: string | null;
  readonly checkpoint?: string | null;
}): Dialogs {
  let next = 0;
  return {
    chooseFolder: async (purpose) => {
      if (purpose !== "stick")
        return given.out ?? refuse("Exports have no folder to go to. Start the station with --out FOLDER.");
      const folder = given.sticks[next % given.sticks.length];
      next += 1;
      return folder ?? refuse("No folder was named. Start the station with --stick FOLDER for each one.");
    },
    chooseSeatList: async () =>
      given.seats ?? refuse("No list of seats was named. Start the station with --seats FILE."),
    chooseCheckpointFile: async () =>
      given.checkpoint ?? refuse("No checkpoint was named. Paste it, or start the station with --checkpoint FILE."),
    chooseCertificateFile: async () =>
      given.ca ?? refuse("No certificate file was named. Start the station with --ca FILE."),
    chooseLicenceFile: async (purpose) => {
      if (purpose === "carried-licence") return refuse("Paste the licence, or use the station carry command.");
      return purpose === "licence"
        ? (given.licence ?? refuse("No licence file was named. Start the station with --licence FILE."))
        : (given.vendorKey ?? refuse("No vendor's key was named. Start the station with --vendor-key FILE."));
    },
  };
}

function refuse(message: string): never {
  throw new StationError("USAGE", `${message} In the desktop app a dialog asks for it.`);
}
