import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { need, tool } from "./tools.ts";

/** A kernel that boots in the emulator, with what it takes to see sticks. */
export interface Kernel {
  readonly image: string;
  /** Holds the modules and `load-order`, a name a line. */
  readonly modules: string;
  readonly name: string;
}

/**
 * Debian's newest kernel for this release, unpacked beside the system and never installed. Kept in the temporary
 * folder by name, so only the first run downloads. @throws Error when the package cannot be had
 */
export function obtainKernel(): Kernel {
  const name = newestKernel();
  const base = join(tmpdir(), "licence-station-media");
  const folder = join(base, name);
  if (!existsSync(folder)) {
    mkdirSync(base, { recursive: true });
    const scratch = mkdtempSync(join(base, "unpack-"));
    try {
      renameSync(unpack(name, scratch), folder);
    } catch (error) {
      // Another run was faster, and what it left is as good.
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return { image: join(folder, "vmlinuz"), modules: join(folder, "modules"), name };
}

function newestKernel(): string {
  const told = tool("apt-cache", ["depends", "linux-image-amd64"]).output;
  const name = /Depends: (linux-image-\d[\w.+-]*-amd64)$/m.exec(told)?.[1];
  if (name === undefined) throw new Error("The package lists name no Debian kernel: run apt-get update.");
  return name;
}

function unpack(name: string, scratch: string): string {
  const parts = join(scratch, "package");
  const kept = join(scratch, "kept");
  mkdirSync(join(kept, "modules"), { recursive: true });
  // By a shell only for its working folder: apt-get always writes there.
  need("sh", ["-c", 'cd "$1" && apt-get download -qq "$2"', "sh", scratch, name]);
  const archive = readdirSync(scratch).find((file) => file.endsWith(".deb"));
  if (archive === undefined) throw new Error(`${name} could not be downloaded.`);
  need("dpkg-deb", ["-x", join(scratch, archive), parts]);
  const version = name.replace("linux-image-", "");
  need("depmod", ["-b", parts, version]);
  const order: string[] = [];
  for (const module of wanted) {
    const told = need("modprobe", ["-d", parts, "-S", version, "--show-depends", module]);
    for (const [, path] of told.matchAll(/^insmod (\S+)/gm)) {
      if (path === undefined || order.includes(basename(path))) continue;
      order.push(basename(path));
      cpSync(path, join(kept, "modules", basename(path)));
    }
  }
  writeFileSync(join(kept, "modules", "load-order"), `${order.join("\n")}\n`);
  cpSync(join(parts, "boot", `vmlinuz-${version}`), join(kept, "vmlinuz"));
  return kept;
}

const wanted = [
  ["virtio_pci", "virtio_console", "virtio_net", "9p", "9pnet_virtio", "overlay"],
  ["xhci_pci", "usb_storage", "uas", "sd_mod"],
  ["crc32c_generic", "ext4", "vfat", "exfat", "nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8"],
].flat();
