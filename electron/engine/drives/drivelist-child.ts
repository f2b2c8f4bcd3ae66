/**
 * Runs alone in a process of its own, since it loads a native library: asks `drivelist` once which drives it takes for
 * the system's, tells its parent, and waits to be killed. Tells `{devices}`, or `absent` where the library is not there.
 */
import { parentChannel } from "./parent-channel.ts";

const parent = parentChannel();
parent.send(await systemDevices());
// Kept alive until the parent has heard it.
setInterval(() => {}, 60_000);

async function systemDevices(): Promise<"absent" | { readonly devices: readonly string[] }> {
  const name = "drivelist";
  try {
    const library: unknown = await import(name);
    const list = memberOf(memberOf(library, "default") ?? library, "list");
    const drives: unknown = typeof list === "function" ? await Reflect.apply(list, undefined, []) : null;
    if (!Array.isArray(drives)) return "absent";
    const system = drives.filter((drive) => memberOf(drive, "isSystem") === true);
    return { devices: system.map((drive) => String(memberOf(drive, "device"))) };
  } catch {
    return "absent";
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
