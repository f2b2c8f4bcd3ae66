import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runSandboxCommand } from "../../electron/sandbox/command.ts";
import { startSandbox } from "../../electron/sandbox/sandbox.ts";
import { act, ask, certificateOf, control, openMachineFile, sandboxFor, unseededSandbox } from "./sandbox-client.ts";

const fingerprint = "field-device-0001";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const identityOf = ({ apiKey, product, licenseKey, keyId, publicKey }: Awaited<ReturnType<typeof startSandbox>>) => ({
  apiKey,
  product,
  licenseKey,
  keyId,
  publicKey,
});

describe("seed", () => {
  test("the same seed is the same server, another seed another one", async () => {
    const [a, b, c] = [await sandboxFor(), await sandboxFor(), await sandboxFor({ seed: "other" })];
    expect(identityOf(b)).toEqual(identityOf(a));
    const [one, two] = [identityOf(a), identityOf(c)];
    for (const name of ["apiKey", "licenseKey", "keyId", "publicKey"] as const) expect(two[name]).not.toBe(one[name]);
    expect(one.apiKey).toMatch(/^pk_[A-Za-z0-9_]+$/);
    expect(one.licenseKey).toMatch(/^[A-Za-z0-9._~-]+$/);
  });

  test("activation ids follow from the device, not from the order of arrival", async () => {
    const [a, b] = [await sandboxFor(), await sandboxFor()];
    const devices = ["device-one", "device-two", "device-three"];
    for (const device of devices) await act(a, "activate", { fingerprint: device });
    for (const device of devices.toReversed()) await act(b, "activate", { fingerprint: device });
    expect(b.activations().toReversed()).toEqual(a.activations());
  });

  test("without one nothing repeats", async () => {
    const [a, b] = [identityOf(await unseededSandbox()), identityOf(await unseededSandbox())];
    expect(new Set([...Object.values(a), ...Object.values(b)]).size).toBe(9);
  });
});

describe("state file", () => {
  test("seats, changed licences and rotated keys outlive a restart, and so does what was random", async () => {
    const stateFile = join(await temporaryFolder(), "state.json");
    const first = await startSandbox({ stateFile, control: true });
    const seat = await act(first, "activate", { fingerprint, device_name: "Pump", metadata: { n: 1 } });
    await act(first, "activate", { fingerprint: "a-second-device" });
    await act(first, "deactivate", { fingerprint: "a-second-device" });
    const oldKey = first.keyId;
    await control(first, "rotate-key", {});
    await control(first, "licenses", { license_key: first.licenseKey, seat_limit: 1 });
    const certificate = certificateOf(await act(first, "machine-file", { fingerprint }));
    const identity = identityOf(first);
    await first.close();

    const second = await startSandbox({ stateFile });
    onTestFinished(() => second.close());
    expect(identityOf(second)).toEqual(identity);
    expect(second.activations()).toMatchObject([{ fingerprint, activation_id: (seat.body as { id: string }).id }]);
    expect(await act(second, "activate", { fingerprint })).toMatchObject({
      status: 200,
      body: { device_name: "Pump", metadata: { n: 1 }, license: { seat_limit: 1 } },
    });
    expect((await act(second, "activate", { fingerprint: "a-third-device" })).status).toBe(422);
    expect(await act(second, "deactivate", { fingerprint: "a-second-device" })).toMatchObject({
      body: { error: { code: "already_deactivated" } },
    });
    expect((await ask(second, `/signing_keys/${oldKey}`)).status).toBe(200);
    expect(openMachineFile(certificate, second.licenseKey, fingerprint, second.publicKey).signed).toBe(true);
  });

  test("an answer leaves only after what it says is on disk, one file, readable by its owner alone", async () => {
    const folder = await temporaryFolder();
    const stateFile = join(folder, "state.json");
    const sandbox = await sandboxFor({ stateFile });
    const devices = Array.from({ length: 50 }, (_, i) => `parallel-device-${i}`);
    await Promise.all(
      devices.map(async (device) => {
        await act(sandbox, "activate", { fingerprint: device });
        expect(await readFile(stateFile, "utf8")).toContain(`"${device}"`);
      }),
    );
    expect(await readdir(folder)).toEqual(["state.json"]);
    expect((await stat(stateFile)).mode & 0o077).toBe(0);
  });

  test("a state that cannot be saved is told as 503, and the next that can be is answered", async () => {
    const folder = await temporaryFolder();
    const stateFile = join(folder, "state.json");
    const sandbox = await sandboxFor({ stateFile });
    await mkdir(`${stateFile}.partial`);
    expect(await act(sandbox, "activate", { fingerprint })).toMatchObject({
      status: 503,
      body: { error: { code: "temporarily_unavailable" } },
    });
    await rmdir(`${stateFile}.partial`);
    expect((await act(sandbox, "activate", { fingerprint: "another-device" })).status).toBe(201);
    expect(await readFile(stateFile, "utf8")).toContain(fingerprint);
  });

  test.each(["", "{", "{}", '{"version":2}'])("a file that holds %o is refused and left as it is", async (content) => {
    const stateFile = join(await temporaryFolder(), "state.json");
    await writeFile(stateFile, content);
    await expect(startSandbox({ stateFile })).rejects.toMatchObject({ code: "HOME_UNREADABLE" });
    expect(await readFile(stateFile, "utf8")).toBe(content);
  });

  test("a state of another seed is refused", async () => {
    const stateFile = join(await temporaryFolder(), "state.json");
    await (await startSandbox({ stateFile, seed: "one" })).close();
    await expect(startSandbox({ stateFile, seed: "two" })).rejects.toMatchObject({ code: "USAGE" });
    await (await startSandbox({ stateFile, seed: "one" })).close();
  });
});

describe("configuration file", () => {
  const good = {
    products: [{ slug: "p", name: "P" }],
    licenses: [
      { key: "ONE", product: "p" },
      { key: "TWO", product: "p", seat_limit: 2 },
    ],
  };
  const startWith = async (content: string) => {
    const configFile = join(await temporaryFolder(), "config.json");
    await writeFile(configFile, content);
    const sandbox = await startSandbox({ configFile, seed: "x" });
    onTestFinished(() => sandbox.close());
    return sandbox;
  };

  test("several licences count their seats apart", async () => {
    const sandbox = await startWith(JSON.stringify(good));
    expect([sandbox.product, sandbox.licenseKey]).toEqual(["p", "ONE"]);
    const statusOf = async (license_key: string, device: string) =>
      (await act(sandbox, "activate", { license_key, fingerprint: device })).status;
    expect(await statusOf("ONE", "device-1")).toBe(201);
    expect(await statusOf("TWO", "device-1")).toBe(201);
    expect(await statusOf("TWO", "device-2")).toBe(201);
    expect(await statusOf("TWO", "device-3")).toBe(422);
    expect(await statusOf("ONE", "device-3")).toBe(201);
  });

  test.each([
    ["is not JSON", "{", /cannot be read as JSON/],
    ["names a member twice", '{"products":[],"products":[]}', /cannot be read as JSON/],
    ["has an unknown member", JSON.stringify({ ...good, speed: 1 }), /speed/],
    ["has no licence", JSON.stringify({ ...good, licenses: [] }), /at licenses/],
    ["repeats a key", JSON.stringify({ ...good, licenses: [good.licenses[0], good.licenses[0]] }), /same key/],
    ["names an unlisted product", JSON.stringify({ ...good, licenses: [{ key: "A", product: "q" }] }), /not listed/],
    ["has a wrong slug", JSON.stringify({ ...good, products: [{ slug: "P_", name: "P" }] }), /products.0.slug/],
    [
      "has no seats to give",
      JSON.stringify({ ...good, licenses: [{ key: "A", product: "p", seat_limit: 0 }] }),
      /seat_limit/,
    ],
    ["has a secret key", JSON.stringify({ ...good, api_keys: [{ key: "sk_live_1" }] }), /api_keys.0.key/],
    [
      "ends before it starts",
      JSON.stringify({
        ...good,
        licenses: [{ key: "A", product: "p", starts_at: "2027-01-01T00:00:00Z", expires_at: "2026-01-01T00:00:00Z" }],
      }),
      /ends before/,
    ],
  ])("one that %s is refused", async (_title, content, message) => {
    const refusal = await startWith(content).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "USAGE" });
    expect((refusal as Error).message).toMatch(message);
    expect((refusal as Error).message).not.toContain("sk_live_1");
  });
});

describe("command", () => {
  const run = (args: readonly string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const stop = new AbortController();
    const firstLine = Promise.withResolvers<string>();
    const io = {
      stdout: (line: string) => {
        out.push(line);
        firstLine.resolve(line);
      },
      stderr: (line: string) => {
        err.push(line);
      },
    };
    return { out, err, stop, firstLine: firstLine.promise, code: runSandboxCommand(args, io, stop.signal) };
  };

  test("prints what clients need as one JSON line, serves, says that it rehearses, and ends when told", async () => {
    const args = "--seed x --seats 3 --latency 1 --jitter 1 --rate-limit 600 --rate-kind bucket --control".split(" ");
    const { out, err, stop, firstLine, code } = run(args);
    const told = JSON.parse(await firstLine) as Record<string, string>;
    expect(Object.keys(told)).toEqual(["url", "api_key", "product", "license_key", "key_id", "public_key"]);
    expect(told["url"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/);
    const response = await fetch(`${told["url"]}/products/${told["product"]}/licenses/activate`, {
      method: "POST",
      headers: { authorization: `Bearer ${told["api_key"]}` },
      body: JSON.stringify({ license_key: told["license_key"], fingerprint }),
    });
    expect(response.headers.get("x-ratelimit-limit")).toBe("600");
    expect(await response.json()).toMatchObject({ object: "activation", license: { seat_limit: 3 } });
    expect((await fetch(new URL("/_control/activations", told["url"]))).status).toBe(200);
    stop.abort();
    expect(await code).toBe(0);
    expect(out).toHaveLength(1);
    expect(err.join("\n")).toContain("rehearsal");
    await expect(fetch(`${told["url"]}/health`)).rejects.toThrow();
  });

  test.each([
    ["--port", "x"],
    ["--port", "65536"],
    ["--latency", "-1"],
    ["--rate-limit", "0"],
    ["--rate-kind", "strict"],
    ["--seats", "0"],
    ["--unknown"],
    ["positional"],
    ["--config", "/nonexistent/config.json"],
    ["--misbehave", "/nonexistent/rules.json"],
  ])("%s %s is wrong usage", async (...args) => {
    const { out, err, code } = run(args);
    expect(await code).toBe(2);
    expect(out).toEqual([]);
    expect(err.at(-1)).toContain("station sandbox [--port N]");
  });

  test("a port that is taken is told, and a broken state file is another exit code", async () => {
    const sandbox = await sandboxFor();
    const taken = run(["--port", new URL(sandbox.url).port]);
    expect(await taken.code).toBe(2);
    expect(taken.err[0]).toMatch(/cannot listen on port/);
    const stateFile = join(await temporaryFolder(), "state.json");
    await writeFile(stateFile, "broken");
    expect(await run(["--state", stateFile]).code).toBe(4);
  });

  test("rules come from a file", async () => {
    const file = join(await temporaryFolder(), "rules.json");
    await writeFile(file, JSON.stringify([{ match: { action: "health" }, fault: "status", status: 503 }]));
    const { stop, firstLine, code } = run(["--misbehave", file]);
    const { url } = JSON.parse(await firstLine) as { url: string };
    expect((await fetch(`${url}/health`)).status).toBe(503);
    stop.abort();
    expect(await code).toBe(0);
  });
});
