import { type ErrorCode, StationError, toFailure } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { isStationToken } from "#shared/formats/station-token.ts";
import {
  type CarriedLicence,
  carryProblem,
  checkCarriedName,
  defaultFileNames,
  readCarried,
} from "../authority/carry.ts";
import { registerLicence, refreshLicence } from "../authority/issuer-client.ts";
import { maxVendorKeyBytes, parseVendorKey, type VendorKey } from "../authority/vendor-key.ts";
import { tokenText } from "../authority/verify-token.ts";
import type { Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import { readOwnFile } from "../platform/durable-file.ts";
import type { Random } from "../platform/random.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import type { Workspace } from "./workspace.ts";

type CarryCalls = "carry.inspect" | "carry.deliver" | "carry.fetch";

/** One licence at a time lies on the desk, from its inspection to its delivery; the window never holds it. */
export function carryHandlers(desk: Desk, dialogs: Dialogs, clock: Clock, random: Random): Pick<Handlers, CarryCalls> {
  let onDesk: {
    readonly workspace: Workspace;
    readonly carried: CarriedLicence;
    readonly vendorKey: VendorKey;
  } | null = null;

  const inspect = async (workspace: Workspace, file: Uint8Array) => {
    onDesk = null;
    const vendorKeys = await keysFor(workspace, dialogs, desk, file);
    const carried = await readCarried(file, vendorKeys, null, clock.now());
    const vendorKey = vendorKeys.find(({ sha256 }) => sha256 === carried.licence.keySha256);
    if (vendorKey === undefined) throw new StationError("INTERNAL", "The key that verified a licence is not known.");
    onDesk = { workspace, carried, vendorKey };
    return viewOf(carried, clock.now());
  };

  return {
    "carry.inspect": async ({ secret }) => {
      const workspace = await desk.workspace();
      if (secret !== null) return inspect(workspace, utf8(secret.trim()));
      const path = await dialogs.chooseLicenceFile("carried-licence");
      return path === null ? null : inspect(workspace, ownFile(path));
    },
    "carry.fetch": async ({ how, issuer, email }) => {
      const workspace = await desk.workspace();
      const { carrying } = workspace.opened;
      const { proxy, caPem } = desk.settings.get();
      const access = { url: issuer, proxy: proxy.trim() || null, caPem: caPem.trim() || null };
      const { token } = await carrying.withIssuer(access, (ask) => {
        const question = { ask, vendorKeys: carrying.vendorKeys(), random, now: clock.now() };
        if (how === "register") return registerLicence(email, question);
        if (onDesk?.workspace !== workspace) throw nothingOnDesk();
        return refreshLicence(tokenText(onDesk.carried.file), question);
      });
      return inspect(workspace, utf8(token));
    },
    "carry.deliver": async ({ stickId, target, fileName }) => {
      const workspace = await desk.workspace();
      if (onDesk?.workspace !== workspace) throw nothingOnDesk();
      const { carried, vendorKey } = onDesk;
      const problem = carryProblem(carried, clock.now());
      if (problem !== null) throw problem;
      const stick = workspace.sticks.byId(stickId);
      const job = {
        carried,
        vendorKey,
        fileName: checkCarriedName(fileName === "" ? defaultFileNames[carried.kind] : fileName),
        target: target.trim() || null,
        operator: desk.settings.get().operator.trim() || null,
        workOrder: workspace.job.get().workOrder.trim() || null,
      };
      const hooks = { signal: new AbortController().signal, step: () => {} };
      const outcome = await workspace.engine.carry(stick.path, job, hooks);
      void workspace.sticks.refresh(stick);
      if (outcome.problem !== null) throw new StationError(outcome.problem.code, outcome.problem.message);
      onDesk = null;
      return {
        batch: outcome.batch,
        folder: outcome.folder,
        fileName: outcome.fileName,
        ledgerIndex: outcome.ledgerIndex,
      };
    },
  };
}

/** What is known already; for a vendor not known yet, with the key that somebody chooses for this licence. */
async function keysFor(
  { opened }: Workspace,
  dialogs: Dialogs,
  desk: Desk,
  file: Uint8Array,
): Promise<readonly VendorKey[]> {
  const known = opened.carrying.vendorKeys();
  const refusal = await codeOf(() => readCarried(file, known, null, null));
  // A JSON Web Token does not say whose it is, so any vendor's new one looks badly signed.
  const mayBeNew = refusal === "LICENCE_TOKEN_SIGNATURE" && !isStationToken(tokenText(file));
  if (refusal !== "LICENCE_TOKEN_KEY" && !mayBeNew) return known;
  const path = await dialogs.chooseLicenceFile("vendor-key");
  if (path === null) return known;
  const pem = ownFile(path);
  // It is believed only once it is seen to be this licence's.
  await readCarried(file, [parseVendorKey(pem, false)], null, null);
  opened.carrying.believe(pem, desk.settings.get().operator.trim() || null);
  return opened.carrying.vendorKeys();
}

async function codeOf(work: () => Promise<unknown>): Promise<ErrorCode | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return toFailure(error).code;
  }
}

function viewOf(carried: CarriedLicence, now: Date): CallOutput<"carry.fetch"> {
  const { kind, licence } = carried;
  const problem = carryProblem(carried, now);
  return {
    kind,
    customer: licence.customer.name,
    tier: licence.tier,
    licenceId: licence.id,
    expiresAt: licence.expiresAt.toISOString(),
    fileName: defaultFileNames[kind],
    tokenSha256: licence.tokenSha256,
    vendorKeySha256: licence.keySha256,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
  };
}

function ownFile(path: string): Uint8Array {
  const file = readOwnFile(path, 8 * maxVendorKeyBytes);
  if (file === null) throw new StationError("USAGE", "That file is not there any more. Choose it again.");
  return file.bytes;
}

function nothingOnDesk(): StationError {
  return new StationError("USAGE", "No licence was looked at yet. Paste one or choose its file first.");
}
