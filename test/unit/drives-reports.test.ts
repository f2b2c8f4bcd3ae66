import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { diskutilIdentifiers, parseDiskutilReport } from "../../electron/engine/drives/diskutil-report.ts";
import { parseSwaps } from "../../electron/engine/drives/gather-linux.ts";
import { type DiskFacts, placeOfDisk } from "../../electron/engine/drives/linux-place.ts";
import { parseLsblkReport } from "../../electron/engine/drives/lsblk-report.ts";
import { parseMacUsb } from "../../electron/engine/drives/mac-usb.ts";
import { parsePlist } from "../../electron/engine/drives/plist.ts";
import { parsePowershellReport } from "../../electron/engine/drives/powershell-report.ts";
import { macInfos, macList, macUsbTree, plist } from "../fixtures/drives/diskutil-outputs.ts";
import {
  type LsblkNode,
  lsblkNode,
  lsblkOutput,
  lsblkPart,
  mounted,
  noFacts,
  usbFacts,
  usbStick,
} from "../fixtures/drives/lsblk-outputs.ts";
import { powershellOutput, windowsSystemDisk } from "../fixtures/drives/powershell-outputs.ts";

const linux = (nodes: readonly LsblkNode[], facts: ReadonlyMap<string, DiskFacts> = noFacts) => {
  const drives = parseLsblkReport(lsblkOutput(...nodes), facts);
  if (drives === null) throw new Error("not parsed");
  return drives;
};

describe("lsblk", () => {
  test("a stick with one FAT partition is described whole", () => {
    const stick = lsblkNode("sdb", usbStick, [
      lsblkPart("sdb1", {
        rm: true,
        size: 15_727_591_424,
        fstype: "vfat",
        label: "FIELD-07",
        uuid: "4C1F-9A02",
        ...mounted("/media/op/FIELD-07"),
      }),
    ]);
    const facts = new Map([usbFacts("sdb", "4.3", { usbSerial: "60A44C3FAE22", generation: "17" })]);
    expect(linux([stick], facts)).toEqual([
      {
        device: "/dev/sdb",
        bus: "usb",
        isRemovable: true,
        isReadOnly: false,
        sizeBytes: 15_728_640_000,
        model: "Kingston DataTraveler",
        serial: "60A44C3FAE22",
        port: "0000:00:14.0/4.3:0",
        generation: "17",
        presence: facts.get("sdb")?.sysPath,
        volumes: [
          {
            device: "/dev/sdb1",
            uuid: "4C1F-9A02",
            label: "FIELD-07",
            fileSystem: "vfat",
            sizeBytes: 15_727_591_424,
            isReadOnly: false,
            mountPoints: ["/media/op/FIELD-07"],
          },
        ],
        mountPoints: ["/media/op/FIELD-07"],
        uses: [],
      },
    ]);
  });

  test.each<{ readonly title: string; readonly node: LsblkNode; readonly expected: object }>([
    {
      title: "a stick without a partition table is its own volume",
      node: lsblkNode("sdc", { ...usbStick, fstype: "exfat", uuid: "77D0-1C2B", ...mounted("/run/media/op/X") }),
      expected: { volumes: [{ device: "/dev/sdc", fileSystem: "exfat", mountPoints: ["/run/media/op/X"] }] },
    },
    {
      title: "an installer's whole-disk ISO signature over real partitions is not a volume",
      node: lsblkNode("sdd", { ...usbStick, fstype: "iso9660" }, [lsblkPart("sdd1", { fstype: "vfat" })]),
      expected: { volumes: [{ device: "/dev/sdd1" }] },
    },
    {
      title: "several partitions are several volumes",
      node: lsblkNode("sdd", usbStick, [
        lsblkPart("sdd1", { fstype: "vfat" }),
        lsblkPart("sdd2", { fstype: "ext4" }),
        lsblkPart("sdd3", { fstype: "ntfs" }),
      ]),
      expected: { volumes: [{ fileSystem: "vfat" }, { fileSystem: "ext4" }, { fileSystem: "ntfs" }] },
    },
    {
      title: "a locked LUKS partition is a locked volume",
      node: lsblkNode("sde", usbStick, [lsblkPart("sde1", { fstype: "crypto_LUKS", uuid: "abc" })]),
      expected: { volumes: [{ device: "/dev/sde1", fileSystem: "locked", mountPoints: [] }] },
    },
    {
      title: "an unlocked LUKS partition gives way to the volume inside",
      node: lsblkNode("sde", usbStick, [
        lsblkPart("sde1", { fstype: "crypto_LUKS" }, [
          lsblkNode("mapper/luks-1", { type: "crypt", fstype: "ext4", uuid: "in-1", ...mounted("/media/op/safe") }),
        ]),
      ]),
      expected: {
        volumes: [{ device: "/dev/mapper/luks-1", uuid: "in-1", fileSystem: "ext4" }],
        mountPoints: ["/media/op/safe"],
      },
    },
    {
      title: "LVM makes the drive part of a pool, through every layer",
      node: lsblkNode("sdf", usbStick, [
        lsblkPart("sdf1", { fstype: "LVM2_member" }, [
          lsblkNode("mapper/vg-root", { type: "lvm", fstype: "ext4", ...mounted("/") }),
        ]),
      ]),
      expected: { mountPoints: ["/"], uses: [{ use: "pool" }, { use: "pool" }] },
    },
    {
      title: "a RAID member is part of a pool",
      node: lsblkNode("sdg", { ...usbStick, fstype: "linux_raid_member" }, [
        lsblkNode("md127", { type: "raid1", fstype: "ext4", ...mounted("/media/op/raid") }),
      ]),
      expected: { uses: [{ use: "pool", by: "/dev/sdg (linux_raid_member)" }, { use: "pool" }] },
    },
    {
      title: "a ZFS member is part of a pool although nothing of it is mounted in sight",
      node: lsblkNode("sdg", usbStick, [lsblkPart("sdg1", { fstype: "zfs_member" })]),
      expected: { volumes: [], uses: [{ use: "pool", by: "/dev/sdg1 (zfs_member)" }] },
    },
    {
      title: "swap on a stick is a use and no place",
      node: lsblkNode("sdh", usbStick, [lsblkPart("sdh1", { fstype: "swap", ...mounted("[SWAP]") })]),
      expected: { volumes: [], mountPoints: [], uses: [{ use: "swap", by: "/dev/sdh1" }] },
    },
    {
      title: "an empty slot of a card reader has no size",
      node: lsblkNode("sdi", { ...usbStick, size: 0 }),
      expected: { sizeBytes: 0, volumes: [] },
    },
    {
      title: "zram is virtual, whatever it says of being removable",
      node: lsblkNode("zram0", { rm: true, ...mounted("[SWAP]") }),
      expected: { bus: "virtual", uses: [{ use: "swap" }] },
    },
    { title: "a network block device is remote", node: lsblkNode("nbd0", { rm: true }), expected: { bus: "network" } },
    { title: "iSCSI is remote", node: lsblkNode("sdj", { tran: "iscsi" }), expected: { bus: "network" } },
    {
      title: "a loop device is virtual even when it looks removable",
      node: lsblkNode("loop3", { type: "loop", rm: true, fstype: "vfat" }),
      expected: { bus: "virtual" },
    },
    {
      title: "an internal disk in a USB case is USB and not removable",
      node: lsblkNode("sdk", { tran: "usb", hotplug: true }),
      expected: { bus: "usb", isRemovable: false },
    },
    {
      title: "labels and models are made fit to be shown",
      node: lsblkNode("sdl", {
        ...usbStick,
        vendor: " Evil\u001b[31m ",
        model: "X\u202e ",
        fstype: "vfat",
        label: "A\u0007",
      }),
      expected: { model: "Evil\\x1b[31m X\\u202e", volumes: [{ label: "A\\x07" }] },
    },
    {
      title: "a filler for a serial is none",
      node: lsblkNode("sdm", { ...usbStick, serial: "000000000000" }),
      expected: { serial: null },
    },
    {
      title: "a serial with controls in it is none",
      node: lsblkNode("sdm", { ...usbStick, serial: "AB\u0000C" }),
      expected: { serial: null },
    },
    {
      title: "old versions that write texts for numbers and flags are understood",
      node: {
        name: "/dev/sdn",
        type: "disk",
        rm: "1",
        hotplug: "1",
        ro: "0",
        tran: "usb",
        size: "8010072064",
        fstype: "vfat",
        label: null,
        uuid: "1-2",
        mountpoint: "/mnt/n",
      },
      expected: { isRemovable: true, sizeBytes: 8_010_072_064, mountPoints: ["/mnt/n"] },
    },
  ])("$title", ({ node, expected }) => {
    expect(linux([node])).toMatchObject([expected]);
  });

  test("an SD card can be taken out, soldered eMMC can't, and what is not known is not claimed", () => {
    const card = (name: string, mmcType: string | null) =>
      [
        name,
        {
          sysPath: `/sys/devices/pci0000:00/0000:02:00.0/mmc_host/mmc0/mmc0:0001/block/${name}`,
          usbSerial: null,
          generation: null,
          mmcType,
        },
      ] as const;
    const facts = new Map([card("mmcblk0", "SD"), card("mmcblk1", "MMC"), card("mmcblk2", null)]);
    const drives = linux(
      ["mmcblk0", "mmcblk1", "mmcblk2", "mmcblk3"].map((name) => lsblkNode(name, { hotplug: true })),
      facts,
    );
    expect(drives.map(({ bus, isRemovable, port }) => [bus, isRemovable, port])).toEqual([
      ["mmc", true, "0000:02:00.0/mmc0"],
      ["mmc", false, "0000:02:00.0/mmc0"],
      ["mmc", null, "0000:02:00.0/mmc0"],
      ["mmc", null, null],
    ]);
  });

  test("an EFI partition that a formatter has added is no volume, unless it is mounted", () => {
    const efi = { fstype: "vfat", parttype: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B" };
    const parts = [
      lsblkPart("sdb1", efi),
      lsblkPart("sdb2", { fstype: "exfat" }),
      lsblkPart("sdb3", { ...efi, ...mounted("/boot/efi") }),
    ];
    expect(linux([lsblkNode("sdb", usbStick, parts)])[0]?.volumes.map(({ device }) => device)).toEqual([
      "/dev/sdb2",
      "/dev/sdb3",
    ]);
  });

  test("USB is known from where the disk hangs when lsblk can't tell", () => {
    const facts = new Map([usbFacts("sda", "2")]);
    expect(linux([lsblkNode("sda"), lsblkNode("sdb")], facts).map(({ bus }) => bus)).toEqual(["usb", "unknown"]);
  });

  test("two sticks with the same serial are told apart by their ports, and a reader's cards by their places", () => {
    const facts = new Map([
      usbFacts("sda", "2.1", { usbSerial: "SAME" }),
      usbFacts("sdb", "2.2", { usbSerial: "SAME" }),
      usbFacts("sdc", "3", { usbSerial: "READER" }, 0),
      usbFacts("sdd", "3", { usbSerial: "READER" }, 1),
    ]);
    const drives = linux(
      ["sda", "sdb", "sdc", "sdd"].map((name) => lsblkNode(name, usbStick)),
      facts,
    );
    expect(drives.map(({ serial, port }) => `${serial} ${port}`)).toEqual([
      "SAME 0000:00:14.0/2.1:0",
      "SAME 0000:00:14.0/2.2:0",
      "READER 0000:00:14.0/3:0",
      "READER 0000:00:14.0/3:1",
    ]);
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    '{"blockdevices":{}}',
    '{"blockdevices":[{"name":7}]}',
    '{"blockdevices":[],"blockdevices":[]}',
    '{"blockdevices":[{"name":"a","type":"disk","rm":"2","hotplug":"1","ro":"0"}]}',
  ])("output of another shape is no report: %s", (text) => expect(parseLsblkReport(text, noFacts)).toBeNull());

  test.skipIf(spawnSync("lsblk", ["--version"]).status !== 0)("the real lsblk of this machine is understood", () => {
    const args = ["--json", "--bytes", "--paths", "--all", "--output-all"];
    const { stdout } = spawnSync("lsblk", args, { encoding: "utf8" });
    expect(parseLsblkReport(stdout, noFacts)).toEqual(expect.any(Array));
  });
});

test.each([
  [
    "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.1/1-4.1.1/1-4.1.1:1.0/host6/target6:0:0/6:0:0:0/block/sdb",
    "0000:00:14.0/4.1.1:0",
  ],
  ["/sys/devices/pci0000:00/0000:00:14.0/usb2/2-4/2-4:1.0/host6/target6:0:0/6:0:0:2/block/sdb", "0000:00:14.0/4:2"],
  ["/sys/devices/platform/soc/fe980000.usb/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sda", "fe980000.usb/1:0"],
  ["/sys/devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0", "fe340000.mmc/mmc0"],
  ["/sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda", null],
  ["/sys/devices/virtual/block/zram0", null],
  ["/proc/usb1/1-4/x", null],
  [null, null],
])("the port of %s is %s", (sysPath, port) => {
  expect(placeOfDisk(sysPath)?.port ?? null).toBe(port);
});

test("swap files are found, swap partitions are left to lsblk", () => {
  const text =
    "Filename\t\tType\t\tSize\tUsed\tPriority\n/dev/sda3 partition 1 0 -2\n/media/op/My\\040Stick/swapfile file 1 0 -3\n";
  expect(parseSwaps(text)).toEqual([{ use: "swap", path: "/media/op/My Stick/swapfile" }]);
});

describe("diskutil", () => {
  const parse = (list = macList) => parseDiskutilReport({ list, infos: macInfos, usb: parseMacUsb(macUsbTree) });

  test("a FAT stick is described whole", () => {
    expect(parse()?.find(({ device }) => device === "/dev/disk4")).toEqual({
      device: "/dev/disk4",
      bus: "usb",
      isRemovable: true,
      isReadOnly: false,
      sizeBytes: 15_728_640_000,
      model: "DataTraveler",
      serial: "60A44C3FAE22",
      port: "usb-14430000:0",
      generation: null,
      presence: "/dev/disk4",
      volumes: [
        {
          device: "/dev/disk4s1",
          uuid: "22222222-2222-4222-8222-222222222222",
          label: "FIELD & 07",
          fileSystem: "vfat",
          sizeBytes: 15_727_591_424,
          isReadOnly: false,
          mountPoints: ["/Volumes/FIELD & 07"],
        },
      ],
      mountPoints: ["/Volumes/FIELD & 07"],
      uses: [],
    });
  });

  test("containers are folded into the disks that store them, disk images are virtual, an empty reader has no size", () => {
    expect(
      parse()?.map(({ device, bus, sizeBytes, mountPoints, volumes }) => ({
        device,
        bus,
        sizeBytes,
        mountPoints,
        volumes: volumes.map((one) => one.device),
      })),
    ).toEqual([
      {
        device: "/dev/disk0",
        bus: "nvme",
        sizeBytes: 500_277_792_768,
        mountPoints: ["/", "/System/Volumes/Data", "/System/Volumes/VM"],
        volumes: ["/dev/disk3s1", "/dev/disk3s5", "/dev/disk3s6"],
      },
      {
        device: "/dev/disk4",
        bus: "usb",
        sizeBytes: 15_728_640_000,
        mountPoints: ["/Volumes/FIELD & 07"],
        volumes: ["/dev/disk4s1"],
      },
      {
        device: "/dev/disk5",
        bus: "usb",
        sizeBytes: 32_000_000_000,
        mountPoints: ["/Volumes/Shuttle"],
        volumes: ["/dev/disk6s1"],
      },
      { device: "/dev/disk7", bus: "sd", sizeBytes: 0, mountPoints: [], volumes: [] },
      {
        device: "/dev/disk8",
        bus: "virtual",
        sizeBytes: 400_100_000,
        mountPoints: ["/Volumes/Installer"],
        volumes: ["/dev/disk8s1"],
      },
    ]);
  });

  test("a disk without an info is neither removable nor on any bus", () => {
    const drives = parseDiskutilReport({ list: macList, infos: new Map(), usb: new Map() });
    expect(
      drives?.every(({ bus, isRemovable, port }) => bus === "unknown" && isRemovable === null && port === null),
    ).toBe(true);
  });

  test("every identifier is asked for, those in containers as well", () => {
    expect(diskutilIdentifiers(macList)).toEqual([
      "disk0",
      "disk0s1",
      "disk0s2",
      "disk3",
      "disk3s1",
      "disk3s5",
      "disk3s6",
      "disk4",
      "disk4s1",
      "disk5",
      "disk5s1",
      "disk5s2",
      "disk6",
      "disk6s1",
      "disk7",
      "disk8",
      "disk8s1",
    ]);
  });

  test("an identifier that is not one is never handed to a command", () => {
    expect(diskutilIdentifiers(plist({ AllDisksAndPartitions: [{ DeviceIdentifier: "-x; rm" }] }))).toBeNull();
  });
});

describe("property lists", () => {
  test.each<readonly [string, unknown]>([
    [
      plist({ a: [1, -2.5, true, false, "x &lt; <y>"], b: {}, c: [] }),
      { a: [1, -2.5, true, false, "x &lt; <y>"], b: {}, c: [] },
    ],
    ['<plist version="1.0"><string>&#65;&#x1F600;&quot;</string></plist>', 'A😀"'],
    ["<plist><dict><key>__proto__</key><true/></dict></plist>", JSON.parse('{"__proto__":true}')],
  ])("%# is understood", (text, value) => expect(JSON.stringify(parsePlist(text))).toBe(JSON.stringify(value)));

  test.each([
    "",
    "bplist00",
    "<plist>",
    "<plist></plist>",
    "<plist><true/></plist><true/>",
    "<plist><true/><true/></plist>",
    "<plist><dict><true/></dict></plist>",
    "<plist><dict><key>a</key></dict></plist>",
    "<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>",
    "<plist><integer>0x10</integer></plist>",
    "<plist><integer>1e999</integer></plist>",
    "<plist><string>&unknown;</string></plist>",
    "<plist><string>a & b</string></plist>",
    "<plist><string>&#x7fffffff;</string></plist>",
    '<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist><string>&a;</string></plist>',
    "<plist><unknown/></plist>",
  ])("anything else is nothing: %s", (text) => expect(parsePlist(text)).toBeNull());
});

test("a property list that is nested without end is nothing", () => {
  expect(parsePlist(`<plist>${"<array>".repeat(5000)}${"</array>".repeat(5000)}</plist>`)).toBeNull();
});

test.each(["", "{}", "[]", '{"SPUSBDataType":7}'])("a USB tree of another shape tells no port: %s", (text) =>
  expect(parseMacUsb(text).size).toBe(0),
);

describe("PowerShell", () => {
  const stick = {
    number: 2,
    location: "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)#USB(3)",
    volumes: [{ letter: "E", fileSystem: "FAT32", label: "FIELD-07", serial: 0x4c1f9a02 }],
  };

  test("a stick is described whole", () => {
    expect(parsePowershellReport(powershellOutput([windowsSystemDisk, stick]))?.[1]).toEqual({
      device: "\\\\.\\PHYSICALDRIVE2",
      bus: "usb",
      isRemovable: true,
      isReadOnly: false,
      sizeBytes: 15_728_640_000,
      model: "Kingston DataTraveler",
      serial: "60A44C3FAE22",
      port: "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)#USB(3):0",
      generation: null,
      presence: null,
      volumes: [
        {
          device: "\\\\?\\Volume{00000000-0000-4000-8000-000000020000}\\",
          uuid: "4C1F-9A02",
          label: "FIELD-07",
          fileSystem: "vfat",
          sizeBytes: 15_727_591_424,
          isReadOnly: false,
          mountPoints: ["E:\\"],
        },
      ],
      mountPoints: ["E:\\"],
      uses: [],
    });
  });

  test("the system's disk says so, and so does one with a page file", () => {
    const drives = parsePowershellReport(
      powershellOutput([windowsSystemDisk, stick], ["C:\\pagefile.sys", "e:\\pagefile.sys"]),
    );
    expect(drives?.map(({ bus, uses }) => [bus, uses.map(({ use }) => use)])).toEqual([
      ["nvme", ["system", "swap"]],
      ["usb", ["swap"]],
    ]);
  });

  test.each<readonly [string, object, object]>([
    ["bus types come as numbers from some hosts", { disk: { BusType: "7" } }, { bus: "usb" }],
    ["an external hard disk is not removable", { mediaType: "External hard disk media" }, { isRemovable: false }],
    ["a disk of which no kind is told is not known to be removable", { mediaType: null }, { isRemovable: null }],
    ["a mounted image is virtual", { disk: { BusType: "File Backed Virtual" } }, { bus: "virtual" }],
    ["storage spaces are a pool", { disk: { BusType: "Storage Spaces" } }, { uses: [{ use: "pool" }] }],
    ["an empty reader has no size", { disk: { Size: null }, volumes: [] }, { sizeBytes: 0, volumes: [] }],
    [
      "a serial that Windows made up is not the stick's",
      { parent: "USB\\VID_1&PID_2\\6&2A&0&4", disk: { SerialNumber: "" } },
      { serial: null },
    ],
    [
      "places in a reader of several cards are told apart",
      { instance: "USBSTOR\\DISK\\7&1F&0&2" },
      { port: "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2):2" },
    ],
    [
      "BitLocker that is locked has no known file system",
      { volumes: [{ letter: "E", fileSystem: "Unknown" }] },
      { volumes: [{ fileSystem: null }] },
    ],
  ])("%s", (_, changes, expected) => {
    expect(parsePowershellReport(powershellOutput([{ number: 2, ...changes }]))).toMatchObject([expected]);
  });

  test.each(["", "{}", "null", '{"disks":{}}', "Get-Disk : Access denied"])(
    "output of another shape is no report: %s",
    (text) => {
      expect(parsePowershellReport(text)).toBeNull();
    },
  );
});
