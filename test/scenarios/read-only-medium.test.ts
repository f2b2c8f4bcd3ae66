import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { inWorld } from "./cli-world.ts";

const canMount = process.platform === "linux" && process.getuid?.() === 0;
const asRoot = (tool: string, ...parameters: readonly string[]) => execFileSync(tool, parameters, { stdio: "pipe" });

describe.skipIf(!canMount)("a medium that cannot be written", () => {
  test(
    "the ledger, the stick and the bundle on it are verified, searched and exported as anywhere else",
    () =>
      inWorld(async (world) => {
        world.askFor("a", "b");
        expect((await world.provision()).code).toBe(0);
        const at = (name: string) => join(world.home, "..", name);
        await world.station(["keys", "export", "--out", at("keys")]);
        await world.station(["ledger", "export", "--out", at("bundle")]);
        const medium = mkdtempSync(join(tmpdir(), "station-medium-"));
        asRoot("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", medium);
        try {
          const on = (name: string) => join(medium, name);
          cpSync(world.home, on("home"), { recursive: true });
          // As a closed station leaves it: its log is in the file.
          for (const end of ["-wal", "-shm"]) rmSync(on(`home/ledger.db${end}`), { force: true });
          cpSync(world.stick, on("stick"), { recursive: true });
          for (const name of ["keys", "bundle"]) cpSync(at(name), on(name), { recursive: true });
          const before = world.files(medium);
          asRoot("mount", "-o", "remount,ro", medium);
          const home = ["--home", on("home")];
          expect(await world.station(["ledger", "verify", ...home])).toMatchObject({ code: 0 });
          expect(await world.station(["ledger", "show", ...home])).toMatchObject({ code: 0 });
          expect(await world.station(["ledger", "export", "--out", at("again"), ...home])).toMatchObject({ code: 0 });
          expect(readFileSync(join(at("again"), "entries.jsonl"))).toEqual(readFileSync(on("bundle/entries.jsonl")));
          expect(await world.station(["verify", "--stick", on("stick"), "--keys", on("keys")])).toMatchObject({
            code: 0,
          });
          if (python !== null) {
            const [verdict] = pythonVerdicts(on("bundle/verify.py"), [
              ["--keys", on("keys"), "--stick", on("stick"), on("bundle")],
            ]);
            expect(verdict).toMatchObject({ code: 0 });
          }
          const refused = await world.station([
            "provision",
            "--stick",
            on("stick"),
            "--product",
            "p",
            "--license",
            "k",
            ...home,
          ]);
          expect(refused.code).not.toBe(0);
          expect(world.files(medium)).toEqual(before);
        } finally {
          asRoot("umount", "-l", medium);
          rmSync(medium, { recursive: true });
        }
      }),
    60_000,
  );
});
