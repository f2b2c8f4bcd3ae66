import { answers } from "./en/answers.ts";
import { batch, check } from "./en/batch.ts";
import { bench } from "./en/bench.ts";
import { carry } from "./en/carry.ts";
import { devices } from "./en/devices.ts";
import { firstRun } from "./en/first-run.ts";
import { guard } from "./en/guard.ts";
import { ledger } from "./en/ledger.ts";
import { licence } from "./en/licence.ts";
import { licenses } from "./en/licenses.ts";
import { lock } from "./en/lock.ts";
import { messages } from "./en/messages.ts";
import { people } from "./en/people.ts";
import { settings } from "./en/settings.ts";
import { shell } from "./en/shell.ts";
import { single } from "./en/single.ts";
import { station } from "./en/station.ts";
import { witness } from "./en/witness.ts";

export const en = {
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
