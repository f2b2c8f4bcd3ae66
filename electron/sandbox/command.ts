import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { StationError } from "#shared/domain/errors.ts";
import { type MisbehaviourRule, parseRules } from "./misbehaviour.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";

interface CommandIo {
  stdout(line: string): void;
  stderr(line: string): void;
}

const usage = `station sandbox [--port N] [--latency MS] [--jitter MS] [--rate-limit PER_MIN] [--rate-kind window|bucket]
  [--seats N] [--seed TEXT] [--config FILE] [--state FILE] [--misbehave FILE] [--control]`;

/**
 * Serves until the signal aborts. The first line of standard output tells clients, as one JSON object, all they need.
 * Gives the exit code: 0 after a normal end, 2 for wrong usage, 4 when the state file cannot be used.
 */
export async function runSandboxCommand(args: readonly string[], io: CommandIo, signal: AbortSignal): Promise<number> {
  let sandbox: RunningSandbox;
  try {
    sandbox = await startSandbox(await optionsOf(args));
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    io.stderr(error.message);
    if (error.code !== "USAGE") return 4;
    io.stderr(usage);
    return 2;
  }
  const { url, apiKey, product, licenseKey, keyId, publicKey } = sandbox;
  io.stdout(
    JSON.stringify({ url, api_key: apiKey, product, license_key: licenseKey, key_id: keyId, public_key: publicKey }),
  );
  const issuer = new URL("/", url).href;
  io.stderr(`Station licences: POST ${issuer}register and ${issuer}licence/refresh; keys at ${issuer}_issuer/keys.`);
  io.stderr("This is a rehearsal server: what it issues is worth nothing outside. Stop it with Ctrl-C.");
  await aborted(signal);
  await sandbox.close();
  return 0;
}

async function optionsOf(args: readonly string[]): Promise<SandboxOptions> {
  const { values } = parsedArguments(args);
  const kind = values["rate-kind"];
  if (kind !== undefined && kind !== "window" && kind !== "bucket") {
    throw new StationError("USAGE", "--rate-kind must be window or bucket.");
  }
  const limit = wholeOf("--rate-limit", values["rate-limit"]);
  const [port, latencyMs, jitterMs, seats] = (["port", "latency", "jitter", "seats"] as const).map((name) =>
    wholeOf(`--${name}`, values[name]),
  );
  return {
    ...(port === undefined ? {} : { port }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(jitterMs === undefined ? {} : { jitterMs }),
    ...(seats === undefined ? {} : { seats }),
    ...(limit === undefined ? {} : { rateLimitPerMinute: limit }),
    ...(kind === undefined ? {} : { rateLimitKind: kind }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(values.config === undefined ? {} : { configFile: values.config }),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
    ...(values.misbehave === undefined ? {} : { misbehave: await rulesIn(values.misbehave) }),
    control: values.control ?? false,
  };
}

function parsedArguments(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        port: text,
        latency: text,
        jitter: text,
        "rate-limit": text,
        "rate-kind": text,
        seats: text,
        seed: text,
        config: text,
        state: text,
        misbehave: text,
        control: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw new StationError("USAGE", "The sandbox's options were not understood.", { cause });
  }
}

function wholeOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,10}$/.test(value)) throw new StationError("USAGE", `${name} must be a whole number.`);
  return Number(value);
}

async function rulesIn(path: string): Promise<readonly MisbehaviourRule[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new StationError("USAGE", "The misbehaviour rules cannot be read as JSON. Check the file.", { cause });
  }
  return parseRules(value);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
