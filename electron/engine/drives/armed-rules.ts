import type { Failure } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import type { Recurrence } from "./repeats.ts";

export interface ArmedMessage {
  readonly code: string;
  readonly text: string;
  /** What the text speaks of, for whoever says it in another language. */
  readonly details?: Failure["details"];
}

export interface WorkOrder {
  readonly id: string;
  readonly product: string;
  /** Devices that this arming may serve. */
  readonly count: number;
  /** Devices that the station licence still allows; null: it sets no limit. */
  readonly quota: number | null;
  /** Whether devices that got a file under another order may get a new one. */
  readonly renewals: boolean;
}

/** What reading a stick has found, as far as the rules ask for it. */
export interface ReadStick {
  /** One for each device asked for. */
  readonly recurrences: readonly Recurrence[];
  /** Products that requests name; those that name none are for the order's. */
  readonly products: readonly string[];
  /** Requests that were refused. */
  readonly refused: number;
  /** Requests on the stick that contradict each other. */
  readonly conflicts: number;
}

export type Judgement =
  | { readonly kind: "go"; readonly devices: number }
  | { readonly kind: "nothing-owed"; readonly message: ArmedMessage }
  | { readonly kind: "held" | "action"; readonly message: ArmedMessage };

/**
 * Whether a stick may be worked on with nobody there to ask. Anything but plain sailing waits for a person: what is
 * refused here costs a look, what is let through costs seats. Pure; `room` is what the order has left, `decided` what a
 * person has decided about this stick already.
 */
export function judgeStick(
  stick: ReadStick,
  order: WorkOrder,
  room: number,
  decided: readonly StickDecision[] = [],
): Judgement {
  const { recurrences, products, refused, conflicts } = stick;
  const isOpen = (reason: StickDecision) => !decided.includes(reason);
  const devices = recurrences.length;
  const count = (kind: Recurrence) => recurrences.filter((one) => one === kind).length;
  if (devices === 0 && refused === 0)
    return action("no-requests", "There is no request on this stick. Export a fingerprint to it first.");
  if (devices === 0)
    return action(
      "all-refused",
      `None of the ${refused} requests on this stick can be used. Look at the list of reasons.`,
      { refused },
    );
  if (refused > 0 && isOpen("some-refused"))
    return held(
      "some-refused",
      `${refused} requests on this stick cannot be used. Decide whether the other ${devices} go on without them.`,
      { refused, devices },
    );
  const clashes = conflicts + count("conflict");
  if (clashes > 0)
    return held("conflict", `${clashes} requests contradict each other or the record. Decide which are right.`, {
      conflicts: clashes,
    });
  const other = products.find((product) => product !== order.product);
  if (other !== undefined)
    return held(
      "product",
      "A request on this stick is for another product than the work order. Arm that order, or take the stick out.",
    );
  const elsewhere = count("repeat-elsewhere");
  if (elsewhere > 0 && isOpen("repeat-elsewhere"))
    return held(
      "repeat-elsewhere",
      `${elsewhere} devices on this stick were served on another stick under this order. Decide whether they are to get a second file.`,
      { devices: elsewhere },
    );
  const lost = count("lost");
  if (lost > 0 && isOpen("lost"))
    return held(
      "lost",
      `The record has files of ${lost} devices for this stick, and they are gone from it or changed. Decide whether they are to be written again.`,
      { devices: lost },
    );
  const repeats = count("repeat");
  if (repeats === devices) {
    return {
      kind: "nothing-owed",
      message: {
        code: "repeat",
        text: `All ${devices} devices on this stick were served before. Nothing was written.`,
        details: { devices },
      },
    };
  }
  if (repeats > 0 && isOpen("some-repeats"))
    return held(
      "some-repeats",
      `${repeats} of ${devices} devices on this stick were served before under this order. Decide whether they are to get a new file.`,
      { repeats, devices },
    );
  const renewals = count("renewal");
  if (renewals > 0 && !order.renewals && isOpen("renewal"))
    return held(
      "renewal",
      `${renewals} devices on this stick have a file already, and the work order renews none. Decide whether these are to be renewed.`,
      { renewals },
    );
  if (devices > room)
    return held(
      "no-room",
      `This stick asks for ${devices} devices, and ${room} are left in the work order and the station's quota.`,
      { devices, room },
    );
  return { kind: "go", devices };
}

function held(...message: Parameters<typeof messageOf>): Judgement {
  return { kind: "held", message: messageOf(...message) };
}

function action(...message: Parameters<typeof messageOf>): Judgement {
  return { kind: "action", message: messageOf(...message) };
}

function messageOf(code: string, text: string, details?: ArmedMessage["details"]): ArmedMessage {
  return details === undefined ? { code, text } : { code, text, details };
}
