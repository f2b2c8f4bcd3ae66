import type { Texts } from "./texts.ts";
import { answers } from "./de/answers.ts";
import { batch, check } from "./de/batch.ts";
import { bench } from "./de/bench.ts";
import { devices } from "./de/devices.ts";
import { firstRun } from "./de/first-run.ts";
import { ledger } from "./de/ledger.ts";
import { licenses } from "./de/licenses.ts";
import { lock } from "./de/lock.ts";
import { messages } from "./de/messages.ts";
import { settings } from "./de/settings.ts";
import { shell } from "./de/shell.ts";
import { single } from "./de/single.ts";
import { station } from "./de/station.ts";

export const de: Texts = {
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
