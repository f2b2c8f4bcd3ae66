import type { SlotCounts } from "../../model/slot-counts.ts";
import { conflicts, devices, files, n, requests } from "./counts.ts";

export const bench = {
  open: "Bench and armed mode",
  title: "Bench",
  armedTitle: "Armed",
  arm: "Arm the station",
  disarm: "Disarm",
  armHint: "From then on every stick plugged into a taught slot is worked on unasked, within this order.",
  workOrder: "Work order",
  count: "Devices at most",
  countError: "A whole number from 1 to 1,000,000.",
  renewals: "Renew devices that have a file already",
  order: (order: string, product: string) => `${order} · ${product}`,
  figures: (done: number, count: number, left: number) => `${n(done)} of ${n(count)} done, ${n(left)} left`,
  underWay: (count: number) => `${devices(count)} under way`,
  hint: "Plug sticks in. Green: take it out. Red and amber say what they need.",
  hintTeaching: "Sticks that are in already teach nothing; pull one and plug it in again.",
  slots: "Slots",
  noSlots: "No slot is taught. Each slot learns its port by a stick plugged into it.",
  taughtSlots: (count: number) => `${n(count)} slots taught`,
  teach: (count: number) => `Teach ${n(count)} slots`,
  teachOne: (slot: number) => `Teach slot ${slot}`,
  teachOneAgain: (slot: number) => `Teach slot ${slot} again`,
  forget: (slot: number) => `Forget slot ${slot}`,
  plugInto: (slot: number) => `Plug into slot ${slot} now`,
  teachHere: "Plug in here now",
  teachLater: "Comes later",
  stopTeaching: "Stop teaching",
  teachProblem: {
    "no-port": "The system does not tell at which port that stick is. Use a plain USB stick.",
    "port-taken": "That port was taught to another slot just now. Use the next one.",
  },
  owed: "Must come back",
  owedWhat: (count: number) => `${devices(count)} begun on it`,
  giveUp: "Give up",
  giveUpTitle: (label: string) => `Give up ${label}?`,
  giveUpBody:
    "Its place in the order is free again. Seats that were taken stay taken and recorded; if the stick comes back, it is finished then.",
  keep: "Wait for it",
  elsewhere: "Drives that are not used",
  allow: "Allow this drive",
  looseDrive: "In no slot. Teach its port, or work on it by hand.",
  retry: "Try again",
  /** Decides about what a slot is held for, there and then. */
  accept: {
    "some-refused": ({ devices: good }: SlotCounts) => `Go on with the other ${n(good)}`,
    renewal: ({ renewals }: SlotCounts) => `Renew ${devices(renewals)}`,
    lost: ({ devices: served }: SlotCounts) => `Write ${files(served)} again`,
    "repeat-elsewhere": ({ devices: served }: SlotCounts) => `Write ${files(served)} a second time`,
    "some-repeats": ({ repeats }: SlotCounts) => `Write ${files(repeats)} again`,
  },
  /** Asked once more where devices get a second file. */
  acceptTitle: {
    lost: (label: string) => `Write files on ${label} again?`,
    "repeat-elsewhere": (label: string) => `Write second files on ${label}?`,
    "some-repeats": (label: string) => `Write files on ${label} again?`,
  },
  acceptBody: {
    lost: ({ devices: served }: SlotCounts) =>
      `${devices(served)} on it had a file on this stick and get a new one. No seat is taken for them. If this stick is a copy, the files on the other stick stay valid too.`,
    "repeat-elsewhere": ({ devices: served }: SlotCounts) =>
      `${devices(served)} on it have a file on another stick and get a second one. No seat is taken for them; the files there stay valid.`,
    "some-repeats": ({ repeats, devices: all }: SlotCounts) =>
      `All ${devices(all)} on it get a new file; ${n(repeats)} of them have one already, which stays valid. No seat is taken for those.`,
  },
  acceptNot: "Leave it held",
  changed: "The slot has changed meanwhile. Nothing was done; look again.",
  eject: "Eject",
  ejected: { "powered-off": "Switched off. Take it out.", unmounted: "Take it out.", gone: "It is out already." },
  tile: (slot: number) => `Slot ${slot}`,
  todo: {
    empty: "Plug in a stick",
    reading: "Leave it in",
    ready: "Leave it in",
    activating: "Leave it in",
    writing: "Leave it in",
    verifying: "Leave it in",
    remove: "Finished: take it out",
    action: "See what to do",
    held: "Waits for a decision",
  },
  /** In place of the slots' own, while the drives can't be looked at. */
  scanProblem: "The drives of this machine could not be read. What is shown may be old; the station goes on trying.",
  /** Of a slot, short enough for its tile. */
  message: {
    disarmed: "Not armed",
    stale: "Here before arming: plug it in again",
    twin: "Two sticks look the same: one at a time",
    pulled: "Pulled too early: plug it in again",
    early: "Pulled before release: plug it in again",
    "no-requests": "No requests on it",
    "all-refused": "None of its requests can be used",
    "some-refused": "Some requests can't be used",
    conflict: "Requests contradict each other",
    product: "Asks for another product",
    repeat: "All served before: nothing written",
    lost: "Its files are gone or changed",
    "repeat-elsewhere": "Served on another stick",
    "some-repeats": "Some were served before",
    renewal: "Has files already",
    "no-room": "More devices than are left",
    "left-out": "Some were left out",
  },
  /** What it means and what to do, beside the tiles. */
  more: {
    disarmed: () => "Arm the station, then plug the stick in again.",
    stale: () => "Only what is plugged in after arming is worked on unasked.",
    twin: () =>
      "The station can't tell this stick from one in another slot. Pull both, and plug in one after the other.",
    pulled: () => "Nothing is lost: what was begun is recorded and waits for this very stick.",
    early: () => "Everything is on it, but the system had not let go of it. It is checked when it is back.",
    "no-requests": () => "Export the devices' fingerprints to it first.",
    "all-refused": ({ refused }: SlotCounts) =>
      `${requests(refused)} on it can't be used. Disarm and check the stick by hand to see why.`,
    "some-refused": ({ refused, devices: good }: SlotCounts) =>
      `${requests(refused)} can't be used; ${devices(good)} could go on. Go on with those, or take the stick out and check it by hand.`,
    conflict: ({ conflicts: count }: SlotCounts) =>
      `${conflicts(count)}, among themselves or with the record. Disarm and decide by hand which are right.`,
    product: () => "The work order is for another product. Arm that order, or take the stick out.",
    repeat: ({ devices: served }: SlotCounts) => `${devices(served)} on it have their files. Take it out.`,
    lost: ({ devices: served }: SlotCounts) =>
      `The record has files of ${devices(served)} for this stick, and they are gone from it or changed. Write them again, or take the stick out.`,
    "repeat-elsewhere": ({ devices: served }: SlotCounts) =>
      `${devices(served)} on it got files on another stick under this order. Write them a second one, or take the stick out.`,
    "some-repeats": ({ repeats, devices: all }: SlotCounts) =>
      `${n(repeats)} of ${devices(all)} got files under this order. Write those again with the rest, or take the stick out.`,
    renewal: ({ renewals }: SlotCounts) =>
      `${devices(renewals)} on it have files from before, and this order renews none. Renew these alone, or take the stick out.`,
    "no-room": ({ devices: asked, room }: SlotCounts) =>
      `It asks for ${devices(asked)}; ${n(room)} are left in the order and the station's quota.`,
    "left-out": ({ refused }: SlotCounts) =>
      `${requests(refused)} on it can't be used and were left out, as decided. Everything else is done. Take it out.`,
  },
};
