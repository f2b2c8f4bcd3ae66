/**
 * The process that works on one stick: it runs file operations as it is told and knows nothing else, no licence, no
 * key, no network. When the stick hangs, it hangs alone and is killed.
 */
import { toFailure } from "#shared/domain/errors.ts";
import type { Files } from "../platform/files.ts";
import { nodeFiles } from "../platform/node-files.ts";
import { confinedFiles } from "./confined-files.ts";
import { type FromWorker, operationKinds, type ToWorker } from "./worker-protocol.ts";

let files: Files | null = null;

process.on("message", (message: ToWorker) => {
  if (message.kind === "open") {
    files = confinedFiles(nodeFiles, message.root, message.mark);
    answer({ kind: "ready" });
  } else void call(message);
});
// exit() would wait for operations that never end.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function call({ id, operation, args }: ToWorker & { kind: "call" }): Promise<void> {
  try {
    if (files === null || !Object.hasOwn(operationKinds, operation)) throw new Error("not an operation");
    const value: unknown = await Reflect.apply(files[operation], files, args);
    answer({ kind: "result", id, value });
  } catch (error) {
    answer({ kind: "failure", id, failure: toFailure(error) });
  }
}

function answer(message: FromWorker): void {
  // The parent may be gone between the check and the sending; then so are we.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}
