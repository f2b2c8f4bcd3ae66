import { type ErrorCode, StationError } from "#shared/domain/errors.ts";
import type { Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import { noJob } from "../settings/job-store.ts";
import { type LicenseNews, toLicenseView } from "../settings/license-store.ts";
import { presets } from "../settings/policy-store.ts";
import type { Desk } from "./desk.ts";
import type { Workspace } from "./workspace.ts";

type LicenseCalls =
  | "licenses.list"
  | "licenses.add"
  | "licenses.remove"
  | "licenses.check"
  | "policies.list"
  | "policies.save"
  | "policies.remove"
  | "job.get"
  | "job.set";

export function licenseHandlers(desk: Desk, clock: Clock): Pick<Handlers, LicenseCalls> {
  const listed = ({ licenses }: Workspace) => licenses.list().map(toLicenseView);
  return {
    "licenses.list": async () => {
      const workspace = await desk.existing();
      return workspace === null ? [] : listed(workspace);
    },
    "licenses.add": async ({ label, product, pool, secret }) => {
      const workspace = await desk.workspace();
      workspace.licenses.add({ label, product, pool, key: secret.trim() });
      const { job } = workspace;
      // The first licence is what most stations work with for ever.
      if (job.get().product === "")
        job.set({ ...job.get(), product, pool, policyId: job.get().policyId ?? firstPolicy });
      desk.changes.raise();
      return listed(workspace);
    },
    "licenses.remove": async ({ id }) => {
      const workspace = await desk.workspace();
      workspace.licenses.remove(id);
      desk.changes.raise();
      return listed(workspace);
    },
    "licenses.check": async ({ id }) => {
      const workspace = await desk.workspace();
      await checkLicense(workspace, id, clock);
      desk.changes.raise();
      return listed(workspace);
    },
    "policies.list": async () => [...((await desk.existing())?.policies.list() ?? presets)],
    "policies.save": async (policy) => {
      const { policies } = await desk.workspace();
      policies.save(policy);
      return [...policies.list()];
    },
    "policies.remove": async ({ id }) => {
      const { policies, job } = await desk.workspace();
      policies.remove(id);
      if (job.get().policyId === id) job.set({ ...job.get(), policyId: null });
      return [...policies.list()];
    },
    "job.get": async () => (await desk.existing())?.job.get() ?? noJob,
    "job.set": async (wanted) => {
      const { job, policies } = await desk.workspace();
      if (wanted.policyId !== null && policies.byId(wanted.policyId) === null) {
        throw new StationError("USAGE", "That policy is not in the list any more. Choose another.", {
          details: { place: "policyId" },
        });
      }
      job.set(wanted);
      desk.changes.raise();
      return job.get();
    },
  };
}

const firstPolicy = "field";
const checkTimeoutMs = 30_000;

async function checkLicense(workspace: Workspace, id: string, clock: Clock): Promise<void> {
  const record = workspace.licenses.list().find((one) => one.id === id);
  const key = workspace.licenses.keyOf(id);
  if (record === undefined) return;
  const checkedAt = clock.now().toISOString();
  try {
    const license = await workspace.opened.server.license(
      workspace.api(),
      record.product,
      key,
      AbortSignal.timeout(checkTimeoutMs),
    );
    const { status: state, seatLimit, activeSeats, expiresAt } = license;
    workspace.licenses.note(record.sha256, { state, seatLimit, activeSeats, expiresAt, checkedAt });
  } catch (error) {
    const state = error instanceof StationError ? refusals[error.code] : undefined;
    if (state === undefined) throw error;
    workspace.licenses.note(record.sha256, { state, seatLimit: null, activeSeats: null, expiresAt: null, checkedAt });
  }
}

/** Refusals that say something of the licence; all others are failures of the question. */
const refusals: Readonly<Partial<Record<ErrorCode, LicenseNews["state"]>>> = {
  LICENSE_EXPIRED: "expired",
  LICENSE_SUSPENDED: "suspended",
  LICENSE_REVOKED: "revoked",
  LICENSE_NOT_STARTED: "pending",
  LICENSE_NOT_ACTIVE: "refused",
  LICENSE_NOT_FOUND: "refused",
  PRODUCT_MISMATCH: "refused",
};
