import { devices } from "./counts.ts";

export const firstRun = {
  title: "Set up this station",
  step: (step: number, steps: number) => `Step ${step} of ${steps}`,
  steps: {
    welcome: "Welcome",
    station: "Station",
    server: "Server",
    license: "Device licence",
    rehearsal: "Rehearsal",
  },
  later: "Later",
  welcome: {
    title: "From a stick of fingerprints to verified licences",
    body: "A stick with request files goes in. Every device gets its seat and its machine file, verified as the device will do it. Every step is in a ledger that shows tampering. Setting up takes three minutes and ends with a rehearsal in which nothing real is spent.",
    next: "Name this station",
  },
  station: {
    title: "Who and where",
    body: "Both names are on every delivery, so that it can be traced.",
    next: "Connect the server",
  },
  server: {
    title: "The licensing server",
    body: "You can leave this for later: the rehearsal needs no server.",
    next: "Add a device licence",
  },
  license: {
    title: "The first device licence",
    body: "You can leave this for later as well. The key goes into the key store and is never shown again.",
    next: "Begin the rehearsal",
  },
  rehearsal: {
    title: "Rehearse once",
    body: "A practice stick with twelve devices is made and provisioned on a server inside this program.",
    make: "Provision the practice stick",
    stages: {
      begin: "Start the practice server",
      stick: "Make a practice stick with 12 requests",
      check: "Check before spending",
      run: "Activate, issue, write, read back, verify",
      done: "Stick is ready to be taken out",
    },
    doneTitle: "Green: this is what a finished stick looks like",
    doneBody:
      "Twelve devices have a verified file, a signed manifest and a ledger receipt. For real it is the same, with your stick.",
    licence: (limit: number) =>
      `Without a station licence, ${devices(limit)} a day can be provisioned. It can be added at any time, under Station licence.`,
    operators: "Set up operators",
    finish: "Go to the station",
    again: "Try again",
  },
};
