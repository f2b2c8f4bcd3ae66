/**
 * The process that works on one stick: it runs file operations as it is told and knows nothing else, no licence, no
 * key, no network. When the stick hangs, it hangs alone and is killed.
 */
import { toFailure } from "#shared/domain/errors.ts";
import type { Files } from "../platform/files.ts";
import { nodeFiles } from "../platform/node-files.ts";
import { identifyStick } from "../platform/stick-identity.ts";
import { confinedFiles } from "./confined-files.ts";
import { parentChannel } from "./parent-channel.ts";
import { type FromWorker, openingId, operationKinds, type ToWorker } from "./worker-protocol.ts";

let files: Files | null = null;

const parent = parentChannel();
const answer = (message: FromWorker): void => {
  parent.send(message);
};
parent.onMessage((message) => {
  const told = message as ToWorker;
  void (told.kind === "open" ? open(told) : call(told));
});

async function open({ root, mark }: ToWorker & { kind: "open" }): Promise<void> {
  try {
    const found = mark === null ? await identifyStick(root) : null;
    files = confinedFiles(nodeFiles, found?.root ?? root, found ?? mark ?? missing());
    answer({ kind: "ready", found });
  } catch (error) {
    answer({ kind: "failure", id: openingId, failure: toFailure(error) });
  }
}

function missing(): never {
  throw new Error("neither told nor found out");
}

async function call({ id, operation, args }: ToWorker & { kind: "call" }): Promise<void> {
  try {
    if (files === null || !Object.hasOwn(operationKinds, operation)) throw new Error("not an operation");
    const value: unknown = await Reflect.apply(files[operation], files, args);
    answer({ kind: "result", id, value });
  } catch (error) {
    answer({ kind: "failure", id, failure: toFailure(error) });
  }
}
