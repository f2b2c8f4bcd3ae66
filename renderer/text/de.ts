import type { Texts } from "./texts.ts";
import { answers } from "./de/answers.ts";
import { batch, check } from "./de/batch.ts";
import { bench } from "./de/bench.ts";
import { carry } from "./de/carry.ts";
import { devices } from "./de/devices.ts";
import { firstRun } from "./de/first-run.ts";
import { guard } from "./de/guard.ts";
import { ledger } from "./de/ledger.ts";
import { licence } from "./de/licence.ts";
import { licenses } from "./de/licenses.ts";
import { lock } from "./de/lock.ts";
import { messages } from "./de/messages.ts";
import { people } from "./de/people.ts";
import { settings } from "./de/settings.ts";
import { shell } from "./de/shell.ts";
import { single } from "./de/single.ts";
import { station } from "./de/station.ts";
import { witness } from "./de/witness.ts";

export const de: Texts = {
  answers,
  batch,
  bench,
  carry,
  check,
  devices,
  firstRun,
  guard,
  ledger,
  licence,
  licenses,
  lock,
  messages,
  people,
  settings,
  shell,
  single,
  station,
  witness,
};
