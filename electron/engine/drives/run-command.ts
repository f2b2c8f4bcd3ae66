import { execFile } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";

export interface CommandResult {
  /** Null: it could not be started, was killed, or ran out of time. */
  readonly exitCode: number | null;
  readonly output: string;
  /** For deciding what went wrong; never shown unescaped. */
  readonly errors: string;
  readonly isMissing: boolean;
}

/** Runs a program of the system without a shell. Never rejects. */
export type RunCommand = (
  file: string,
  args: readonly string[],
  options: { readonly timeoutMs: number },
) => Promise<CommandResult>;

export const runCommand: RunCommand = (file, args, { timeoutMs }) =>
  new Promise((resolve) => {
    const options = {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: 16 * 1024 * 1024,
      encoding: "utf8",
      windowsHide: true,
      env: childEnvironment(),
    } as const;
    const child = execFile(file, args, options, (error, output, errors) => {
      clearTimeout(deadline);
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ exitCode: code, output, errors, isMissing: error?.code === "ENOENT" });
    });
    // A process stuck in the kernel does not die of SIGKILL, and its pipes stay open: nobody waits for it.
    const deadline = setTimeout(() => {
      child.unref();
      resolve({ exitCode: null, output: "", errors: "", isMissing: false });
    }, timeoutMs + 500);
  });
