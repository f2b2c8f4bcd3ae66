import { conflicts, days, devices, n, requests, seats } from "./counts.ts";

export const station = {
  title: "Station",
  tiles: "Slots",
  slot: (number: number) => `Slot ${number}`,
  job: {
    label: "Work at hand",
    none: "Nothing chosen yet: product, licences and policy",
    policy: (ttl: number, grace: number) => `${days(ttl)}, ${grace} grace`,
    noPolicy: "no policy",
    order: (order: string) => `order ${order}`,
    noPool: "no licences",
  },
  addFolder: "Add a folder",
  makeStick: "Make a practice stick",
  removeFolder: "Remove this folder",
  /** Said of a slot to a screen reader when its state changes. */
  announce: (slot: number, state: string, what: string) => `Slot ${slot}: ${state}. ${what}`,
  counts: {
    requests: (count: number) => requests(count),
    devices: (count: number) => devices(count),
    already: (count: number) => `${n(count)} had a file before`,
    refused: (count: number) => `${n(count)} refused`,
    conflicts: (count: number) => conflicts(count),
    nothing: "no requests",
  },
  /** One line on the tile: what to do. */
  todo: {
    insert: "Plug in a stick",
    "wait-reading": "Leave it in",
    check: "Check it now",
    "read-again": "No requests found",
    finish: "Finish what was begun",
    watch: "Leave it in",
    remove: "Finished: take it out",
    resolve: "See what to do",
    "wait-held": "Waits for another step",
  },
  /** The corner's button for the slot that is chosen. */
  next: {
    insert: "Add a folder as a stick",
    practise: "Make a practice stick",
    "wait-reading": (slot: number) => `Reading slot ${slot}`,
    check: (count: number) => `Check ${devices(count)}`,
    "read-again": (slot: number) => `Read slot ${slot} again`,
    finish: (slot: number) => `Finish slot ${slot}`,
    watch: (slot: number) => `Watch slot ${slot}`,
    remove: (slot: number) => `Show proof of slot ${slot}`,
    resolve: (slot: number) => `Read slot ${slot} again`,
    "wait-held": (slot: number) => `Slot ${slot} is held`,
    setUp: "Choose what to provision",
  },
  hint: {
    insert: "Plug in a stick with request files, or add a folder that stands in for one.",
    practise: "A practice stick is a folder full of realistic requests. Nothing real is spent.",
    noJob: "Choose product, licences and policy once; then two actions finish a stick.",
    free: (label: string, free: string) => `${label}, ${free} free`,
    seats: (left: number) => `${seats(left)} left`,
  },
  problemTitle: (slot: number) => `Slot ${slot} needs you`,
  giveUp: "Give the batch up",
  giveUpTitle: "Give this batch up?",
  giveUpBody:
    "Seats that were taken stay taken and recorded. Files that were not yet committed to the stick are dropped. This can't be undone.",
  acceptKey: "Accept the new signing key",
  keepWaiting: "Keep it",
};
