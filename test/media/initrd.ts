import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Kernel } from "./kernel.ts";
import { busybox, need } from "./tools.ts";

/** What the kernel unpacks into memory and starts; kept beside the kernel by the hash of all that goes in. */
export function buildInitrd(kernel: Kernel): string {
  const init = readFileSync(join(import.meta.dirname, "guest-init.sh"));
  const hash = createHash("sha256")
    .update(init)
    .update(readFileSync(busybox))
    .update(JSON.stringify([folders, links, files]));
  const path = join(kernel.modules, "..", `initrd-${hash.digest("hex").slice(0, 16)}.gz`);
  if (existsSync(path)) return path;
  const tree = mkdtempSync(join(tmpdir(), "station-initrd-"));
  try {
    for (const folder of folders) mkdirSync(join(tree, folder), { recursive: true });
    for (const [name, target] of links) symlinkSync(target, join(tree, name));
    for (const [name, text] of files) writeFileSync(join(tree, name), text);
    cpSync(kernel.modules, join(tree, "modules"), { recursive: true });
    cpSync(busybox, join(tree, "busybox"));
    writeFileSync(join(tree, "init"), init);
    for (const name of ["busybox", "init"]) chmodSync(join(tree, name), 0o755);
    const archive = join(tree, "..", `${tree.split("/").at(-1)}.cpio`);
    need("sh", ["-c", 'cd "$1" && find . | cpio --quiet -o -H newc >"$2"', "sh", tree, archive]);
    writeFileSync(`${archive}.gz`, gzipSync(readFileSync(archive), { level: 1 }));
    cpSync(`${archive}.gz`, `${path}.${process.pid}`);
    renameSync(`${path}.${process.pid}`, path);
    for (const left of [archive, `${archive}.gz`]) rmSync(left);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  return path;
}

const folders = [
  ["proc", "sys", "dev", "run", "tmp", "usr", "mnt", "media", "lower", "exchange", "station", "app"],
  ["etc/udev/rules.d", "etc/udisks2", "var/lib/udisks2", "var/lib/dbus"],
].flat();

const links = [
  ["bin", "usr/bin"],
  ["sbin", "usr/sbin"],
  ["lib", "usr/lib"],
  ["lib64", "usr/lib64"],
  ["var/run", "/run"],
  ["etc/mtab", "/proc/self/mounts"],
] as const;

const files = [
  ["etc/passwd", "root:x:0:0:root:/station:/bin/sh\nmessagebus:x:100:100::/nonexistent:/bin/false\n"],
  ["etc/group", "root:x:0:\ndisk:x:6:\ntty:x:5:\nmessagebus:x:100:\nplugdev:x:46:\n"],
  ["etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"],
  ["etc/hosts", "127.0.0.1 localhost\n"],
  ["etc/hostname", "bench\n"],
  ["etc/machine-id", "0123456789abcdef0123456789abcdef\n"],
  ["etc/udev/udev.conf", "udev_log=err\n"],
] as const;
