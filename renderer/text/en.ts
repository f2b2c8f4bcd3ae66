import { answers } from "./en/answers.ts";
import { batch, check } from "./en/batch.ts";
import { bench } from "./en/bench.ts";
import { devices } from "./en/devices.ts";
import { firstRun } from "./en/first-run.ts";
import { ledger } from "./en/ledger.ts";
import { licenses } from "./en/licenses.ts";
import { lock } from "./en/lock.ts";
import { messages } from "./en/messages.ts";
import { settings } from "./en/settings.ts";
import { shell } from "./en/shell.ts";
import { single } from "./en/single.ts";
import { station } from "./en/station.ts";

export const en = {
  answers,
  batch,
  bench,
  check,
  devices,
  firstRun,
  ledger,
  licenses,
  lock,
  messages,
  settings,
  shell,
  single,
  station,
};
