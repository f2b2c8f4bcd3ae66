// After every install: puts `station` among the project's own commands, so that `npx station` finds it without asking
// whether it may install anything.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "node_modules", ".bin");
mkdirSync(bin, { recursive: true });
if (process.platform === "win32") {
  writeFileSync(join(bin, "station.cmd"), '@node "%~dp0\\..\\..\\electron\\cli\\station.mjs" %*\r\n');
} else {
  const link = join(bin, "station");
  rmSync(link, { force: true });
  symlinkSync(join("..", "..", "electron", "cli", "station.mjs"), link);
}
