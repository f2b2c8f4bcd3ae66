import type { Failure } from "#shared/domain/errors.ts";
import type { FeedSnapshot } from "#shared/ipc/contract.ts";
import type { ArmedState } from "../../drives/armed-mode.ts";
import { roomLeft } from "../../drives/armed-mode.ts";
import { mayDecide } from "../../drives/armed-slot.ts";
import type { Bench } from "./bench.ts";
import { driveIdOf, labelOfDrive, stickIdOf } from "./bench-ids.ts";
import { mayRetry } from "./slot-choices.ts";

export type BenchView = FeedSnapshot<"bench">;
type Tile = BenchView["slots"][number];

/** What the window and the command line show of the bench. */
export function benchView(bench: Bench): BenchView {
  const { state, plugged, teaching, problem, hotplug } = bench;
  const inSlots = new Set(state.slots.map(({ plugging }) => plugging));
  return {
    armed: state.order !== null,
    order: orderOf(bench),
    slots: state.slots.map((slot) => tileOf(bench, slot)),
    owed: state.owed.map(({ stick, claimed }) => ({
      stick: stickIdOf(stick),
      label: bench.labelOf(stick) ?? nameInKey(stick),
      devices: claimed,
    })),
    elsewhere: plugged
      .filter(({ plugging }) => !inSlots.has(plugging))
      .map(({ drive, refusal }) => ({
        id: driveIdOf(drive),
        label: labelOfDrive(drive),
        sizeBytes: drive.sizeBytes,
        refusal: refusal && saying(refusal.code, refusal.message, refusal.details),
        port: drive.port !== null,
      })),
    hotplug,
    teaching:
      teaching === null
        ? null
        : { waitingFor: teaching.waitingFor, toCome: [...teaching.toCome], problem: teaching.problem },
    problem: problem === null ? null : { code: "STICK_IO", message: problem },
  };
}

function orderOf({ state, armed }: Bench): BenchView["order"] {
  const { order, done, slots, owed } = state;
  if (order === null) return null;
  return {
    workOrder: order.id,
    product: order.product,
    count: order.count,
    done,
    claimed: [...slots, ...owed].reduce((sum, { claimed }) => sum + claimed, 0),
    left: roomLeft(state),
    renewals: order.renewals,
    operator: armed?.job.operator ?? null,
  };
}

function tileOf(bench: Bench, slot: ArmedState["slots"][number]): Tile {
  const { plugging, message, stick, claimed, state } = slot;
  const drive = bench.plugged.find((one) => one.plugging === plugging)?.drive ?? null;
  const isStuck = state === "action" || state === "held";
  return {
    slot: slot.slot,
    taught: bench.slots.some((one) => one.slot === slot.slot),
    state,
    label: drive === null ? bench.labelAt(slot.slot) : labelOfDrive(drive),
    sizeBytes: drive?.sizeBytes ?? null,
    fileSystem: drive?.volumes.find(({ mountPoints }) => mountPoints.length > 0)?.fileSystem ?? null,
    devices: plugging === null ? 0 : bench.devicesOf(plugging),
    message: message && saying(message.code, message.text, message.details),
    stick: stick === null ? null : stickIdOf(stick),
    canRelease: isStuck && claimed > 0,
    canRetry: mayRetry(slot),
    canAccept: mayDecide(bench.state, slot),
  };
}

function saying(code: string, message: string, details: Failure["details"]): NonNullable<Tile["message"]> {
  return details === undefined ? { code, message } : { code, message, details: { ...details } };
}

/** Of a stick that was not here since the station was started. */
function nameInKey(key: string): string {
  const [uuid, serial] = JSON.parse(key) as readonly (string | null)[];
  return serial ?? uuid ?? key;
}
