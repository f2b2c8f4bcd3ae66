import { fileThreads } from "../platform/file-threads.ts";

/**
 * What a child process gets of our environment: what systems need to start a program, and nothing that could hold a
 * secret, such as an API key.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => needed.has(name.toUpperCase()));
  // Answers in the one language that can be told apart.
  const language = { LC_ALL: "C.UTF-8", LANG: "C.UTF-8" };
  return { ...Object.fromEntries(kept), ...language, UV_THREADPOOL_SIZE: String(fileThreads) };
}

const needed: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "WINDIR",
  "PATHEXT",
  "PSMODULEPATH",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  "DBUS_SYSTEM_BUS_ADDRESS",
  "ELECTRON_RUN_AS_NODE",
]);
