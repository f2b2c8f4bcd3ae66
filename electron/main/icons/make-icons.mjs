// Draws icon.svg in every size and packs the three forms that packages need: PNG, ICO and ICNS. Run by hand after the
// drawing has changed; what it makes is committed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright";

const here = import.meta.dirname;
const svg = readFileSync(join(here, "icon.svg"), "utf8");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
const drawn = new Map();
for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html,body{margin:0}svg{display:block}</style>${svg.replace("<svg", `<svg width="${size}" height="${size}"`)}`,
  );
  drawn.set(size, await page.screenshot({ omitBackground: true }));
}
await browser.close();

writeFileSync(join(here, "icon.png"), drawn.get(512));
writeFileSync(join(here, "icon.ico"), ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(
  join(here, "icon.icns"),
  icns([
    ["ic11", 32],
    ["ic07", 128],
    ["ic08", 256],
    ["ic09", 512],
  ]),
);

/** Windows' container: a directory of 16-byte rows, then PNGs. A size of 256 is written as 0. */
function ico(sizes) {
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  sizes.forEach((size, i) => {
    const row = 6 + 16 * i;
    const png = drawn.get(size);
    head.writeUInt8(size % 256, row);
    head.writeUInt8(size % 256, row + 1);
    head.writeUInt16LE(1, row + 4);
    head.writeUInt16LE(32, row + 6);
    head.writeUInt32LE(png.length, row + 8);
    head.writeUInt32LE(offset, row + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...sizes.map((size) => drawn.get(size))]);
}

/** Apple's container: four letters and a length before each PNG. */
function icns(entries) {
  const blocks = entries.map(([type, size]) => block(type, drawn.get(size)));
  return block("icns", Buffer.concat(blocks));
}

function block(type, bytes) {
  const head = Buffer.alloc(8);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(bytes.length + 8, 4);
  return Buffer.concat([head, bytes]);
}
