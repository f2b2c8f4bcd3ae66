/**
 * Who waits how long for what, and what happens then. Every wait on a system, a stick or another process is in this
 * table and nowhere else; waits on the licensing server belong to licensing/.
 *
 * | wait | owner | when it is over |
 * |---|---|---|
 * | scanMs | gather-*.ts | the command is killed; the scan failed, drives seen before stay, the next poll tries anew |
 * | secondOpinionMs | second-opinion.ts | SIGKILL; the first opinion stands until the next look |
 * | probeMs | pluggings.ts | the system has not recognised anything on a stick that just came; that it is not formatted is said now |
 * | pollMs | scanner.ts | the next look, whether or not anything was heard |
 * | settleMs | scanner.ts | quiet for this long after a nudge: look now |
 * | settleAtMostMs | scanner.ts | nudges never stop: look all the same |
 * | hotplugBeatMs | hotplug-child.ts | sign of life to the parent |
 * | hotplugSilenceMs | hotplug-process.ts | SIGKILL, start anew |
 * | hotplugRestartMs | hotplug-process.ts | pause before a new start; after hotplugStarts of them polling alone goes on |
 * | workerStartMs | stick-worker.ts | SIGKILL; STICK_IO, the slot asks for another port or stick |
 * | fileOperationMs | stick-worker.ts | SIGKILL; STICK_IO, the batch stays open and resumes with the stick; a process stuck in the kernel is left behind, and nobody waits for it |
 * | bulkOperationMs | stick-worker.ts | the same, for those whose work grows with the stick: sync, list and removeTree |
 * | workerCloseMs | stick-worker.ts | SIGKILL; the result is known already |
 * | mountMs | mount.ts | the command is killed; the slot says that mounting failed; a service that is not ready is asked for as long |
 * | mountMs | do-armed-command.ts | mounted, but no look has shown it; the slot asks to plug it in again |
 * | unmountMs | finish.ts | the command is killed; the slot stays "do not remove" and names who holds the stick |
 * | powerOffMs | finish.ts | the command is killed; the stick is unmounted, so it may be removed all the same |
 * | holdersMs | finish.ts | nobody is named |
 */
export const timeouts = {
  scanMs: 8_000,
  secondOpinionMs: 4_000,
  /** Asking costs 60 ms on Linux and a second and more elsewhere. */
  pollMs: { linux: 1_000, darwin: 2_000, win32: 5_000 },
  probeMs: 5_000,
  settleMs: 250,
  settleAtMostMs: 1_500,
  hotplugBeatMs: 2_000,
  hotplugSilenceMs: 10_000,
  hotplugRestartMs: 5_000,
  hotplugStarts: 5,
  workerStartMs: 15_000,
  fileOperationMs: 30_000,
  bulkOperationMs: 120_000,
  workerCloseMs: 2_000,
  mountMs: 30_000,
  unmountMs: 60_000,
  powerOffMs: 20_000,
  holdersMs: 3_000,
} as const;
