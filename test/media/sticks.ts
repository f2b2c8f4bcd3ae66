import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Guest } from "./guest.ts";
import { makeImage, type StickSpec, writeTree } from "./stick-image.ts";

/** Where a stick can be plugged: twelve sockets of the computer, two of a hub, two of a hub behind that hub. */
export const sockets: readonly string[] = [
  ...Array.from({ length: 12 }, (_, index) => String(index + 1)),
  "15.1",
  "15.2",
  "15.8.1",
  "15.8.2",
];

/** How a stick misbehaves while it is plugged in. */
export interface Fault {
  readonly isReadOnly?: boolean;
  /** Every transfer of this kind fails. */
  readonly failing?: "read" | "write";
  /** Transfers a second, all of them together. */
  readonly slowTo?: number;
}

export interface Stick {
  readonly spec: StickSpec;
  readonly serial: string;
  readonly image: string;
  readonly isPlugged: boolean;
  /** Resolves when the emulator has it; the guest's kernel needs a moment more. */
  plug(socket: string, fault?: Fault): Promise<void>;
  /** Resolves when it is out; what was on its way is lost. */
  pull(): Promise<void>;
  /** Takes effect on a stick that was plugged in with `slowTo`. */
  slowTo(transfers: number): Promise<void>;
}

let count = 0;

/** A stick with this content, not plugged in. Sticks may share a serial. `socket` must be free where it is filled by the guest. */
export async function makeStick(
  guest: Guest,
  spec: StickSpec,
  { serial = `SER${spec.label}`, socket = "1" } = {},
): Promise<Stick> {
  const stick = stickOf(guest, makeImage(guest.scratch, spec), spec, serial);
  if (spec.fileSystem === "exfat" && Object.keys(spec.files).length > 0) await fillExfat(guest, stick, socket);
  return stick;
}

/** The same bytes under the same serial: what no system can tell apart. Not plugged in. */
export function copyOfStick(guest: Guest, { image, spec, serial }: Stick): Stick {
  const copy = `${image}.copy`;
  copyFileSync(image, copy);
  return stickOf(guest, copy, spec, serial);
}

const made = new WeakMap<Guest, Set<Stick>>();

/** Leaves every socket free, however a scenario ended. */
export async function pullAll(guest: Guest): Promise<void> {
  for (const stick of made.get(guest) ?? []) await stick.pull();
}

function stickOf(guest: Guest, image: string, spec: StickSpec, serial: string): Stick {
  const { qmp } = guest;
  let plugged: { readonly id: string; readonly nodes: readonly string[]; readonly throttle: string } | null = null;
  const stick: Stick = {
    spec,
    serial,
    image,
    get isPlugged() {
      return plugged !== null;
    },
    plug: async (socket, { isReadOnly = false, failing, slowTo } = {}) => {
      const id = `stick${++count}`;
      const throttle = `${id}-pace`;
      const nodes = [`${id}-raw`];
      // The image is the host's plain file, so what the stick has taken is there after a pull.
      const file = { driver: "file", filename: image, locking: "off" };
      await qmp.send("blockdev-add", { driver: "raw", "node-name": nodes[0], file, "read-only": isReadOnly });
      const above = async (name: string, options: Readonly<Record<string, unknown>>): Promise<void> => {
        nodes.unshift(`${id}-${name}`);
        await qmp.send("blockdev-add", { "node-name": nodes[0], "read-only": isReadOnly, ...options });
      };
      if (failing !== undefined) {
        // Of no event, so at every transfer of this kind: the events are those of disk formats, which tell none from here.
        const rules = [{ event: "none", iotype: failing, errno: 5, once: false, immediately: true }];
        await above("bad", { driver: "blkdebug", image: nodes[0], "inject-error": rules });
      }
      if (slowTo !== undefined) {
        await qmp.send("object-add", { "qom-type": "throttle-group", id: throttle, limits: { "iops-total": slowTo } });
        await above("slow", { driver: "throttle", file: nodes[0], "throttle-group": throttle });
      }
      const bus = { bus: "xhci.0", port: socket };
      await qmp.send("device_add", { driver: "usb-storage", id, ...bus, drive: nodes[0], serial, removable: true });
      plugged = { id, nodes, throttle: slowTo === undefined ? "" : throttle };
    },
    pull: async () => {
      if (plugged === null) return;
      const { id, nodes, throttle } = plugged;
      plugged = null;
      const gone = qmp.event("DEVICE_DELETED", (data) => data["device"] === id, 20_000);
      await qmp.send("device_del", { id });
      await gone;
      for (const node of nodes) await removeNode(qmp, node);
      if (throttle !== "") await qmp.send("object-del", { id: throttle });
    },
    slowTo: async (transfers) => {
      if (plugged === null || plugged.throttle === "") throw new Error("This stick was not plugged in with a pace.");
      const limits = { "iops-total": transfers };
      await qmp.send("qom-set", { path: `/objects/${plugged.throttle}`, property: "limits", value: limits });
    },
  };
  made.set(guest, (made.get(guest) ?? new Set()).add(stick));
  return stick;
}

/** A transfer that was under way keeps the node for a moment. */
async function removeNode(qmp: Guest["qmp"], node: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await qmp.send("blockdev-del", { "node-name": node });
      return;
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** No tool of the host writes exFAT without mounting it, so the guest does, and lets go of it in order. */
async function fillExfat(guest: Guest, stick: Stick, socket: string): Promise<void> {
  writeTree(join(guest.exchange, stick.spec.label), stick.spec.files);
  await stick.plug(socket);
  const place = `/mnt/fill-${stick.spec.label}`;
  const device = await deviceOf(guest, stick);
  await inGuest(
    guest,
    `mkdir -p ${place} && mount -t exfat ${device} ${place} && cp -r /exchange/${stick.spec.label}/. ${place}/ && umount ${place} && rmdir ${place}`,
  );
  await stick.pull();
  await goneFrom(guest, stick);
}

/** The block device of this stick's volume in the guest, once the kernel and udev have it. */
export async function deviceOf(guest: Guest, { serial, spec }: Stick, timeoutMs = 20_000): Promise<string> {
  const wanted = spec.isPartitioned === false ? "disk" : "part";
  const script = `for i in $(seq ${Math.ceil(timeoutMs / 200)}); do
    for d in /sys/block/sd*; do [ -e "$d" ] || continue
      u=$(realpath $d); while [ "$u" != / ] && [ ! -e $u/idVendor ]; do u=\${u%/*}; u=\${u:-/}; done
      [ "$(cat $u/serial 2>/dev/null)" = "${serial}" ] || continue
      n=/dev/\${d##*/}; [ ${wanted} = part ] && n=\${n}1
      [ -b $n ] && udevadm settle --timeout=5 && echo $n && exit 0
    done; sleep 0.2; done; exit 1`;
  return (await inGuest(guest, script, timeoutMs + 10_000)).trim();
}

/** Once the guest has noticed a pull; the kernel lets go of the disk before it lets go of the USB device. */
export async function goneFrom(guest: Guest, { serial }: Stick): Promise<void> {
  const script = `for i in $(seq 150); do
    grep -qsx "${serial}" /sys/bus/usb/devices/*/serial || exit 0
    sleep 0.2; done; exit 1`;
  await inGuest(guest, script);
}

/** A line of shell in the guest. @throws Error when it does not end with 0 */
export async function inGuest(guest: Guest, script: string, timeoutMs = 60_000): Promise<string> {
  const { code, stdout, stderr } = await guest.run(["sh", "-c", script], { timeoutMs });
  if (code !== 0)
    throw new Error(`The guest: ${script.slice(0, 300)}: ${code}: ${stdout.slice(-500)}${stderr.slice(-1000)}`);
  return stdout;
}
