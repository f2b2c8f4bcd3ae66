import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Guest } from "./guest.ts";
import { type Stick, inGuest, deviceOf, goneFrom, sockets } from "./sticks.ts";
import { type FileSystem, volumeOf } from "./stick-image.ts";
import { need, tool } from "./tools.ts";

/** What a pulled stick turned out to be, judged by the host's own tools on a copy. */
export interface ImageVerdict {
  /** What fsck says that goes beyond what every pull leaves, such as a dirty mark or lost clusters; empty: nothing. */
  readonly damage: readonly string[];
  /** What fsck says at all. */
  readonly said: string;
  /** A folder on the host with the volume's content. The caller removes it. */
  readonly content: string;
  /** SHA-256 of every file outside PROVISIONING, by path. */
  readonly outside: Readonly<Record<string, string>>;
}

/** Checks and unpacks a stick that is not plugged in. exFAT is unpacked by the guest, from a read-only stick. */
export async function checkImage(guest: Guest, stick: Stick): Promise<ImageVerdict> {
  const scratch = mkdtempSync(join(guest.scratch, "check-"));
  const volume = join(scratch, "volume");
  volumeOf(stick.image, stick.spec, volume);
  const judged = judges[stick.spec.fileSystem](volume);
  const content = join(scratch, "content");
  mkdirSync(content);
  await unpack(guest, stick, volume, content);
  rmSync(volume);
  return { ...judged, content, outside: outsideOf(content) };
}

/** What `checkImage` finds on a stick nobody has touched. */
export function untouched({ spec }: Stick): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(spec.files)
      .map(([name, text]) => [name, sha256Hex(utf8(text))] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

interface Judged {
  readonly damage: readonly string[];
  readonly said: string;
}

const judges: Readonly<Record<FileSystem, (volume: string) => Judged>> = {
  vfat: (volume) => judge(tool("fsck.vfat", ["-n", "-v", volume]).text, harmlessOnFat),
  exfat: (volume) => judge(tool("fsck.exfat", ["-n", volume]).text, harmlessOnExfat),
  // The journal is what makes ext4 whole after a pull, and whoever mounts it replays that first.
  ext4: (volume) => {
    const replay = tool("e2fsck", ["-p", volume]);
    const { exitCode, text } = tool("e2fsck", ["-fn", volume]);
    const damage = [...((replay.exitCode ?? 8) > 1 ? [replay.text] : []), ...(exitCode === 0 ? [] : [text])];
    return { damage, said: `${replay.text}${text}` };
  },
};

function judge(said: string, harmless: readonly RegExp[]): Judged {
  const lines = said.split("\n").map((line) => line.trim());
  return { said, damage: lines.filter((line) => line !== "" && !harmless.some((one) => one.test(line))) };
}

/** Lines about the volume's shape, and what a pull between two writes leaves on any FAT. */
const harmlessOnFat = [
  /^fsck\.fat /,
  /^(?:Checking|Boot sector|System ID|Media byte|\d+ bytes per|First |Root |\d+ (?:FATs|reserved|root|sectors|hidden|heads)|Data area|FATs|.*file system)/,
  /^\d+ (?:bytes|data clusters|sectors|heads|hidden|FATs)/,
  /^(?:Dirty bit is set|\s*Automatically removing|\d\) |Fs was not properly unmounted)/,
  /^(?:Free cluster summary|Reclaimed \d+ unused|Checking for unused|Leaving filesystem|Auto-correcting|Wrong)/,
  /: \d+ files, \d+\/\d+ clusters$/,
  // The dirty mark itself stands in the boot sector, at 65, and not in its backup.
  /^(?:There are differences between boot sector|This is mostly harmless|65:01\/00$|Not automatically fixing this)/,
];

const harmlessOnExfat = [
  /^exfatprogs version/,
  /: clean\. directories \d+, files \d+$/,
  /^(?:ERROR: )?volume was not unmounted cleanly|volume is marked dirty|dirty flag|Volume was not properly unmounted/i,
];

async function unpack(guest: Guest, stick: Stick, volume: string, content: string): Promise<void> {
  if (stick.spec.fileSystem === "vfat") {
    // Without -n it asks before it overwrites; the folder is empty.
    need("mcopy", ["-s", "-n", "-i", volume, "::*", content]);
  } else if (stick.spec.fileSystem === "ext4") {
    need("debugfs", ["-R", `rdump / ${content}`, volume]);
    rmSync(join(content, "lost+found"), { recursive: true, force: true });
  } else {
    const name = `unpack-${stick.spec.label}`;
    const place = `/mnt/${name}`;
    await stick.plug(sockets[0] ?? "1", { isReadOnly: true });
    const device = await deviceOf(guest, stick);
    await inGuest(
      guest,
      `mkdir -p ${place} /exchange/${name} && mount -t exfat -o ro ${device} ${place} && cp -r ${place}/. /exchange/${name}/ && umount ${place}`,
    );
    await stick.pull();
    await goneFrom(guest, stick);
    cpSync(join(guest.exchange, name), content, { recursive: true });
    rmSync(join(guest.exchange, name), { recursive: true });
  }
}

function outsideOf(content: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(content, { recursive: true, encoding: "utf8" }).sort()) {
    if (name.split("/")[0] === "PROVISIONING" || basename(name) === "") continue;
    const path = join(content, name);
    if (statSync(path).isFile()) found[name] = sha256Hex(readFileSync(path));
  }
  return found;
}
